import { needChromium } from '@livegate/chromium'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Fact } from '../../src/trace/fact.ts'
import { writeTrace } from '../../src/trace/trace.ts'
import { closeBrowsers, openPage } from './chromium.ts'
import { idle, limitMs } from './page-actions.ts'

beforeEach(needChromium)
closeBrowsers()

async function openTrace(page: Page, others: readonly Fact[] = []): Promise<void> {
  const facts = [
    { atMs: 0, type: 'connecting', epoch: 1 },
    { atMs: 300, type: 'set-up', epoch: 1 },
    { atMs: 9000, type: 'called', id: 'a', name: 'get_weather', args: {} },
    { atMs: 9900, type: 'settled', id: 'a', as: 'answered' },
    ...others,
  ]
  const trace = { way: 'hold', server: 'emulator', model: 'gemini-2.5', toolMs: 1000, facts } as const
  const text = writeTrace({ ...trace, facts: facts as Fact[], outcome: undefined })
  await page
    .locator('#file')
    .setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from(text) })
  await page.locator('#run-name').getByText('gemini-2.5').waitFor()
}

describe('an item of the timeline that has the focus', () => {
  const focused = (page: Page): Promise<string | null | undefined> =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label'))

  it('stays in view while keys zoom in', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await openTrace(page)
    const item = page.locator('.track-connection .item').first()
    await item.focus()
    for (let presses = 0; presses < 6; presses++) await page.keyboard.press('+')
    expect(await focused(page)).toMatch(/^Connection: connecting/)
    const box = await item.boundingBox()
    const track = await page.locator('.track-connection').boundingBox()
    expect(box?.width).toBeGreaterThan(100)
    expect(box?.x).toBeGreaterThanOrEqual((track?.x ?? 0) - 2)
  })

  it('moves with the view while keys pan', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await openTrace(page)
    const item = page.locator('.track-tools .item')
    await item.focus()
    const left = async (): Promise<number> => (await item.boundingBox())?.x ?? 0
    const before = await left()
    await page.keyboard.press('Shift+ArrowRight')
    const width = (await page.locator('.track-tools').boundingBox())?.width ?? 0
    expect(Math.abs(before - (await left()) - width / 4)).toBeLessThan(2)
    await page.keyboard.press('Shift+ArrowLeft')
    expect(await left()).toBe(before)
    expect(await focused(page)).toMatch(/^Tool calls: get_weather/)
  })

  it('or the pointer hides its facts at Escape', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await openTrace(page)
    const card = page.locator('.facts-card')
    await page.locator('#talk').focus()
    await page.locator('.track-tools .item').hover()
    expect(await card.isVisible()).toBe(true)
    await page.keyboard.press('Escape')
    expect(await card.isVisible()).toBe(false)
  })

  it('has a visible length and its own colour under forced colours', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage()
    await page.emulateMedia({ forcedColors: 'active' })
    await openTrace(page)
    const colors = await page.evaluate(() => {
      const colorOf = (selector: string): string =>
        getComputedStyle(document.querySelector(selector) as Element).backgroundColor
      return ['.timeline-panel', '.track-tools .item', '.swatch.is-sent', '.swatch.is-replayed'].map(colorOf)
    })
    expect(new Set(colors).size).toBe(4)
  })

  it('keeps the focus when the view moves on; without a focus, Tab reaches an item in view', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage()
    await openTrace(page)
    await page.locator('.track-connection .item').first().focus()
    await page.locator('#timeline').hover()
    for (let times = 0; times < 4; times++) await page.locator('#zoom-in').dispatchEvent('click')
    await page.mouse.wheel(1500, 0)
    const stops = (): Promise<(string | null)[]> =>
      page
        .locator('#timeline .item[tabindex="0"]:visible')
        .evaluateAll((items) => items.map((item) => item.getAttribute('aria-label')))
    expect(await focused(page)).toMatch(/^Connection: connecting/)
    await page.locator('#fit').focus()
    await page.locator('#timeline').hover()
    await page.mouse.wheel(10, 0)
    await expect.poll(stops).toEqual([expect.stringMatching(/^Connection: epoch 1|^Tool calls: get_weather/)])
  })
})

it.each([
  ['word', 'Donaudampfschifffahrtsgesellschaft'.repeat(20)],
  ['answer', 'It rains, and it goes on raining. '.repeat(60)],
])('the facts of an item stay inside the timeline, with a long %s', async (_, text) => {
  const { page } = await openPage()
  await openTrace(page, [
    { atMs: 9000, type: 'spoke', durationMs: 900 },
    { atMs: 9001, type: 'transcript', who: 'model', text },
  ])
  await page.locator('#timeline .track-model .item').focus()
  const outside = await page.evaluate(() => {
    const timeline = document.querySelector('#timeline') as HTMLElement
    const card = document.querySelector('.facts-card') as HTMLElement
    const area = timeline.getBoundingClientRect()
    return [card, ...card.querySelectorAll('*')].flatMap((element) => {
      const { left, top, right, bottom } = element.getBoundingClientRect()
      const isInside = left >= area.left && top >= area.top && right <= area.right && bottom <= area.bottom
      return isInside && card.scrollWidth <= card.clientWidth ? [] : [element.className || element.nodeName]
    })
  })
  expect(outside).toEqual([])
})

it('the facts of an item stay inside the window, where there is room above the item', async () => {
  const { page } = await openPage()
  await openTrace(page)
  const item = page.locator('#timeline .track-tools .item')
  const { y = 0, height = 0 } = (await item.boundingBox()) ?? {}
  const windowHeight = Math.ceil(y + height + 20)
  await page.setViewportSize({ width: 1280, height: windowHeight })
  await item.hover()
  const card = await page.locator('.facts-card').boundingBox()
  expect((card?.y ?? 0) + (card?.height ?? 0)).toBeLessThanOrEqual(y)
})

it('items out of view are not in the document, because a long run has thousands; they come back in order of time', {
  timeout: limitMs,
}, async () => {
  const { page } = await openPage()
  await openTrace(page)
  const items = (): Promise<(string | null)[]> =>
    page.locator('#timeline .item').evaluateAll((all) => all.map((item) => item.getAttribute('aria-label')))
  const all = await items()
  for (let times = 0; times < 5; times++) await page.locator('#zoom-in').click()
  expect(all.length - (await items()).length).toBe(2)
  await page.locator('#fit').click()
  expect(await items()).toEqual(all)
})

it('a run is drawn once when it is opened, and not where the view was before', {
  timeout: limitMs,
}, async () => {
  const { page } = await openPage()
  await openTrace(page)
  for (let times = 0; times < 4; times++) await page.locator('#zoom-in').click()
  const calls = Array.from({ length: 100 }, (_, index): Fact => {
    return { atMs: 4000 + index * 20, type: 'called', id: index, name: 'get_time', args: {} }
  })
  const removed = await page.evaluateHandle(() => {
    const added = new Set<Node>()
    const removed: Node[] = []
    const observer = new MutationObserver((records) => {
      for (const { addedNodes, removedNodes } of records) {
        for (const node of addedNodes) added.add(node)
        removed.push(...[...removedNodes].filter((node) => added.has(node)))
      }
    })
    observer.observe(document.querySelector('.track-tools') as Element, { childList: true })
    return removed
  })
  await openTrace(page, calls)
  await page.getByRole('button', { name: /get_time, 4\.00 s/ }).waitFor()
  expect(await removed.evaluate(({ length }) => length)).toBe(0)
})

it('items too narrow to be told apart are drawn once for each state, and the keys reach every one', {
  timeout: limitMs,
}, async () => {
  const { page } = await openPage()
  // The tracks are not as wide as that: one pixel has several frames.
  const frames = Array.from({ length: 6000 }, (_, index): Fact => {
    const frame = { atMs: index * 20, type: 'offered', kind: 'audio', durationMs: 20, level: 0.1 } as const
    return index % 2 === 0 ? { ...frame, fate: 'sent' } : { ...frame, fate: 'dropped', reason: 'flag' }
  })
  await openTrace(page, frames)
  const items = page.locator('.track-microphone .item')
  const states = await items.evaluateAll((all) => all.map(({ className }) => className))
  expect(states.length).toBeLessThan(1200)
  expect([...new Set(states)]).toEqual(['item is-sent', 'item is-dropped'])
  const focused = (): Promise<string | null | undefined> =>
    page.evaluate(() => document.activeElement?.getAttribute('aria-label'))
  const seen: unknown[] = []
  await items.first().focus()
  for (const key of ['ArrowRight', 'ArrowRight', 'End', 'ArrowLeft']) {
    await page.keyboard.press(key)
    seen.push((await focused())?.match(/^Microphone: (.*)\. fate/)?.[1])
  }
  expect(seen).toEqual([
    'dropped, 20 ms to 40 ms',
    'sent at once, 40 ms to 60 ms',
    'dropped, 119.98 s to 120.00 s',
    'sent at once, 119.96 s to 119.98 s',
  ])
})

it('items that cover each other are drawn once, and the keys reach every one', {
  timeout: limitMs,
}, async () => {
  const { page } = await openPage()
  // All of them wait for their answers to the end of the run.
  const calls = Array.from({ length: 6000 }, (_, index): Fact => {
    return { atMs: 10_000 + index * 20, type: 'called', id: index, name: `call ${index}`, args: {} }
  })
  await openTrace(page, calls)
  const items = page.locator('.track-tools .item')
  expect(await items.count()).toBeLessThan(600)
  await items.first().focus()
  await page.keyboard.press('End')
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toMatch(
    / call 5999, /,
  )
})

it('a live run that was moved back is followed again when its end is in view, or all is shown', {
  timeout: limitMs,
}, async () => {
  const { page } = await openPage()
  await page.getByRole('button', { name: 'Start talking' }).click()
  const axis = page.locator('#timeline .axis')
  /** Returns where the present is: at 0.94 of the width while it is followed, at 1.00 when it is out of view. */
  const present = (): Promise<string> =>
    page.evaluate(() => {
      const playhead = document.querySelector<HTMLElement>('#timeline .playhead')
      const { m41 } = new DOMMatrix(playhead?.style.transform)
      return (m41 / (document.querySelector('#timeline .axis')?.clientWidth ?? 0)).toFixed(2)
    })
  /** Drags from one share of the width to another. */
  const drag = async (from: number, to: number): Promise<void> => {
    const { x = 0, y = 0, width = 0 } = (await axis.boundingBox()) ?? {}
    await page.mouse.move(x + from * width, y + 5)
    await page.mouse.down()
    await page.mouse.move(x + to * width, y + 5)
    await page.mouse.up()
  }
  await axis.scrollIntoViewIfNeeded()
  // Wait until the run has filled the view, and the view moves.
  await axis.getByText('14 s').waitFor({ timeout: 60_000 })
  await expect.poll(present, { timeout: 30_000 }).toBe('0.94')
  await drag(0.1, 0.6)
  await expect.poll(present, { timeout: 30_000 }).toBe('1.00')
  await drag(0.95, 0.05)
  await expect.poll(present, { timeout: 30_000 }).toBe('0.94')
  await drag(0.1, 0.6)
  await expect.poll(present, { timeout: 30_000 }).toBe('1.00')
  await page.locator('#fit').click()
  await expect.poll(present, { timeout: 30_000 }).toBe('0.94')
  await axis.hover()
  await page.mouse.wheel(-10, 0)
  await expect.poll(present, { timeout: 30_000 }).toBe('1.00')
  await page.mouse.wheel(900, 0)
  await expect.poll(present, { timeout: 30_000 }).toBe('0.94')
})

it('a run that is paused stays as it is when it ends, until it is resumed', {
  timeout: limitMs,
}, async () => {
  const { page } = await openPage({ path: '/?speech=weather' })
  const timeline = page.locator('#timeline')
  const seen = async (): Promise<unknown> => ({
    axis: await timeline.locator('.axis').textContent(),
    items: await timeline
      .locator('.item')
      .evaluateAll((items) => items.map((item) => [item.getAttribute('aria-label'), item.style.transform])),
  })
  await page.getByRole('button', { name: 'Let the recording talk' }).click()
  await timeline
    .getByRole('button', { name: /^Tool calls: get_weather, .*answered/ })
    .waitFor({ timeout: 60_000 })
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.locator('#zoom-in').click()
  const before = await seen()
  await idle(page)
  await page.locator('#verdict').getByText('Nothing was lost').waitFor()
  expect(await seen()).toEqual(before)
  const resume = page.getByRole('button', { name: 'Resume' })
  // Its name says what it does; a state beside it would be taken for the opposite.
  expect(await resume.getAttribute('aria-pressed')).toBeNull()
  await resume.click()
  await timeline.getByRole('button', { name: /^Turns: turn 2, .* to \d/ }).waitFor()
  expect(await page.getByRole('button', { name: 'Pause' }).isDisabled()).toBe(true)
  expect(await timeline.locator('.axis').textContent()).toMatch(/^0 s/)
})

it.each([390, 1280])('no label lies over another at %d px', { timeout: limitMs }, async (width) => {
  const { page } = await openPage({ width })
  const signal = (atMs: number, kind: 'activityStart' | 'activityEnd') =>
    ({ atMs, type: 'offered', kind, fate: 'sent', durationMs: 0, level: 0 }) as const
  const facts: readonly Fact[] = [
    { atMs: 0, type: 'connecting', epoch: 1 },
    { atMs: 300, type: 'set-up', epoch: 1 },
    signal(1000, 'activityStart'),
    signal(1200, 'activityEnd'),
    signal(1400, 'activityStart'),
    { atMs: 1600, type: 'fault', name: 'The connection is about to end (goAway)' },
    { atMs: 1650, type: 'connecting', epoch: 2 },
    { atMs: 1750, type: 'set-up', epoch: 2 },
    { atMs: 11_000, type: 'fault', name: 'The connection is cut (1006)' },
    { atMs: 11_020, type: 'closed', epoch: 2, code: 1006, reason: '' },
    { atMs: 12_000, type: 'turn-complete' },
  ]
  const trace = { way: 'hold', server: 'emulator', model: 'gemini-2.5', toolMs: 1000, facts } as const
  const text = writeTrace({ ...trace, outcome: undefined })
  await page
    .locator('#file')
    .setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from(text) })
  await page.locator('#run-name').getByText('gemini-2.5').waitFor()
  const labels = await page.locator('#timeline .label:visible').evaluateAll((all) =>
    all.flatMap((label) => {
      const { left, right, top, bottom } = (label.parentElement ?? label).getBoundingClientRect()
      const lane = label.closest('.track')?.getBoundingClientRect() ?? new DOMRect()
      const isInLane = top >= lane.top && bottom <= lane.bottom
      return label.textContent ? [{ text: label.textContent, left, right, top, bottom, isInLane }] : []
    }),
  )
  expect(labels.map(({ text, isInLane }) => [text, isInLane]).toSorted()).toEqual(
    [
      'start',
      'end',
      'start',
      'epoch 1',
      'The connection is about to end (goAway)',
      'epoch 2',
      'The connection is cut (1006)',
      'closed: 1006',
    ]
      .map((text) => [text, true])
      .toSorted(),
  )
  const overlaps = labels.flatMap((one, place) =>
    labels.slice(place + 1).flatMap((other) => {
      const isBeside = one.right <= other.left || other.right <= one.left
      return isBeside || one.bottom <= other.top || other.bottom <= one.top
        ? []
        : [`${one.text} / ${other.text}`]
    }),
  )
  expect(overlaps).toEqual([])
})
