import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import { needChromium } from '@livegate/chromium'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Fact } from '../../src/trace/fact.ts'
import { readTrace, writeTrace } from '../../src/trace/trace.ts'
import { closeBrowsers, openPage } from './chromium.ts'
import { watchPlatform } from './watched-platform.ts'

beforeEach(needChromium)
closeBrowsers()

/** Runs take their real time, on machines that may have other work. */
const limitMs = 240_000

/** Chooses in the form; radio buttons lie below their labels. */
async function choose(page: Page, way: string): Promise<void> {
  await page.locator(`#way-${way}`).check({ force: true })
}

/** Until nothing goes on any more. */
const idle = (page: Page): Promise<unknown> =>
  page.waitForFunction(
    () => document.querySelector('#talk-state')?.textContent === 'not connected',
    undefined,
    { timeout: 60_000 },
  )

const cardOf = (page: Page, title: string) => page.getByRole('article', { name: title, exact: false })

/** What is at hand for screen readers, at a moment. */
async function violations(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

/** A file that the page saves. */
async function saved(page: Page, button: string): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: button, exact: true }).click(),
  ])
  return readFile(await download.path(), 'utf8')
}

describe('the three runs', () => {
  it('end as they should: the session dies, words are lost, nothing is lost', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Play all three' }).click()
    await page.waitForFunction(() => document.querySelectorAll('[data-tone="running"]').length === 1)
    expect(await violations(page)).toEqual([])
    await cardOf(page, 'Livegate').getByText('Nothing was lost').waitFor({ timeout: 120_000 })
    await page.getByRole('button', { name: 'Play all three' }).waitFor()
    expect(await violations(page)).toEqual([])
    const outcomes = []
    for (const title of ['No gate', 'Boolean flag', 'Livegate']) {
      await page.getByRole('button', { name: `Show ${title} on the timeline`, exact: true }).click()
      const { way, server, model, outcome } = readTrace(await saved(page, 'Save'))
      const { spokenMs = 0, heardMs = 0, calls, answered, end } = outcome ?? {}
      outcomes.push({
        way,
        server,
        model,
        isWhole: heardMs === spokenMs && spokenMs > 3000,
        calls,
        answered,
        end: end?.kind,
      })
    }
    const common = { server: 'emulator', model: 'gemini-2.5', calls: 1 }
    expect(outcomes).toEqual([
      { ...common, way: 'no-gate', isWhole: false, answered: 0, end: 'closed' },
      { ...common, way: 'flag', isWhole: false, answered: 1, end: 'alive' },
      { ...common, way: 'hold', isWhole: true, answered: 1, end: 'alive' },
    ])
  })

  it('can be stopped, and begun again', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await page.getByRole('button', { name: 'Play all three' }).click()
    await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
    await page.locator('#play-all').click()
    await page.getByRole('button', { name: 'Play all three' }).waitFor()
    for (let times = 0; times < 2; times++) {
      await page.getByRole('button', { name: /^Play (again )?Boolean flag$/ }).click()
      await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
      for (const name of ['Open', 'Save', 'Export']) {
        expect(await page.getByRole('button', { name, exact: true }).isDisabled()).toBe(true)
      }
      if (times === 0) await page.getByRole('button', { name: 'Stop Boolean flag' }).click()
      await idle(page)
      if (times > 0) continue
      await cardOf(page, 'Boolean flag').getByText('Stopped early').waitFor()
      expect(readTrace(await saved(page, 'Save')).outcome?.end).toEqual({ kind: 'stopped' })
    }
    await cardOf(page, 'Boolean flag').getByText('Words were lost').waitFor()
  })
})

describe('with the keyboard alone', () => {
  it('a run is played, and its timeline walked through', { timeout: limitMs }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    const focused = (): Promise<string> =>
      page.evaluate(
        () =>
          document.activeElement?.getAttribute('aria-label') ??
          document.activeElement?.textContent?.trim() ??
          '',
      )
    const tabTo = async (name: RegExp): Promise<void> => {
      for (let presses = 0; presses < 60; presses++) {
        await page.keyboard.press('Tab')
        if (name.test(await focused())) return
      }
      throw new Error(`no way to ${name} with the tabulator`)
    }
    await page.keyboard.press('Tab')
    expect(await focused()).toBe('Skip to the timeline')
    await tabTo(/^Play all three$/)
    await tabTo(/^Play\s?Livegate$/)
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
    await idle(page)
    await cardOf(page, 'Livegate').getByText('Nothing was lost').waitFor()
    await tabTo(/^Microphone: /)
    expect(await focused()).toMatch(/^Microphone: sent at once, .* frames: \d+, /)
    await page.keyboard.press('ArrowRight')
    expect(await focused()).toMatch(
      /^Microphone: held, then sent, .* left: all at once, at .*why: tool-call$/,
    )
    expect(await page.locator('.facts-card').textContent()).toContain('tool-call')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toMatch(/^Server heard: /)
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toMatch(/^Gate: tool-call, .* held by: tool-call; call: /)
    const width = (): Promise<number> => page.evaluate(() => document.activeElement?.clientWidth ?? 0)
    const before = await width()
    await page.keyboard.press('+')
    expect(await width()).toBeGreaterThan(before * 1.3)
    await page.keyboard.press('0')
    expect(Math.abs((await width()) - before)).toBeLessThan(3)
    await page.keyboard.press('Escape')
    expect(await page.locator('.facts-card').isVisible()).toBe(false)
  })

  it('a turn is held down, and the server sees its brackets', { timeout: limitMs }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await page.getByLabel('Turns', { exact: true }).selectOption('push-to-talk')
    await page.getByRole('button', { name: 'Let the recording talk' }).press('Enter')
    const press = page.getByRole('button', { name: 'Hold to talk' })
    await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#press')?.disabled === false)
    await page
      .locator('#timeline')
      .getByRole('button', { name: /^Connection: epoch 1/ })
      .waitFor()
    await press.focus()
    await page.keyboard.down(' ')
    await page.waitForTimeout(2200)
    await page.keyboard.up(' ')
    await page
      .locator('#timeline')
      .getByRole('button', { name: /^Turns: bracket 1, .* to \d/ })
      .waitFor()
    await page
      .locator('#timeline')
      .getByRole('button', { name: /^Tool calls: get_weather, .*answered/ })
      .waitFor()
    await page.getByRole('button', { name: 'Stop' }).first().click()
    await page.locator('#verdict').getByText('Nothing was lost').waitFor()
  })
})

describe('a trace', () => {
  it('that is saved can be opened again, and looks the same', { timeout: limitMs }, async () => {
    const { page } = await openPage({ width: 390, colorScheme: 'dark' })
    await page.getByRole('button', { name: 'Play Livegate' }).click()
    await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
    await idle(page)
    const items = (): Promise<string[]> =>
      page
        .locator('#timeline .item')
        .evaluateAll((all) => all.map((item) => item.getAttribute('aria-label') ?? ''))
    const before = { verdict: await page.locator('#verdict').textContent(), items: await items() }
    expect(before.items.length).toBeGreaterThan(8)
    expect(await violations(page)).toEqual([])
    const text = await saved(page, 'Save')
    const exported = JSON.parse(await saved(page, 'Export'))
    expect(exported.traceEvents.length).toBeGreaterThan(300)
    await page.reload()
    await page.waitForSelector('body:not([data-loading])')
    await page
      .locator('#file')
      .setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from(text) })
    await page.locator('#verdict').getByText('Nothing was lost').waitFor()
    expect({ verdict: await page.locator('#verdict').textContent(), items: await items() }).toEqual(before)
  })

  it('that is none is refused in words', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await page
      .locator('#file')
      .setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from('{}') })
    await page.locator('#verdict').getByText('This is no trace of Livegate').waitFor()
  })
})

describe('an item of the timeline that has the focus', () => {
  const openTrace = async (page: Page): Promise<void> => {
    const facts = [
      { atMs: 0, type: 'connecting', epoch: 1 },
      { atMs: 300, type: 'set-up', epoch: 1 },
      { atMs: 9000, type: 'called', id: 'a', name: 'get_weather', args: {} },
      { atMs: 9900, type: 'settled', id: 'a', as: 'answered' },
    ]
    const trace = { way: 'hold', server: 'emulator', model: 'gemini-2.5', toolMs: 1000, facts } as const
    const text = writeTrace({ ...trace, facts: facts as Fact[], outcome: undefined })
    await page
      .locator('#file')
      .setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from(text) })
    await page.locator('#run-name').getByText('gemini-2.5').waitFor()
  }
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

  it('keeps it when the view moves on; without it, there is a way in to what is in view', {
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

it('a live run that was moved back is followed again from its present end, or when all is shown', {
  timeout: limitMs,
}, async () => {
  const { page } = await openPage()
  await page.getByRole('button', { name: 'Start talking' }).click()
  const axis = page.locator('#timeline .axis')
  /** Where the present is: 0.94 of the width while it is followed, at the end when it is out of view. */
  const present = (): Promise<string> =>
    page.evaluate(() => {
      const playhead = document.querySelector<HTMLElement>('#timeline .playhead')
      const { m41 } = new DOMMatrix(playhead?.style.transform)
      return (m41 / (document.querySelector('#timeline .axis')?.clientWidth ?? 0)).toFixed(2)
    })
  /** From one share of the width to another. */
  const drag = async (from: number, to: number): Promise<void> => {
    const { x = 0, y = 0, width = 0 } = (await axis.boundingBox()) ?? {}
    await page.mouse.move(x + from * width, y + 5)
    await page.mouse.down()
    await page.mouse.move(x + to * width, y + 5)
    await page.mouse.up()
  }
  await axis.scrollIntoViewIfNeeded()
  // The run has filled the view, and moves through it.
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

describe('what goes wrong', () => {
  it('with the connection about to end, Livegate goes on over another, and nothing is lost', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await page.getByLabel('Fault', { exact: true }).selectOption('go-away')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page
      .locator('#timeline')
      .getByRole('button', { name: /^Connection: epoch 2/ })
      .waitFor({ timeout: 60_000 })
    await idle(page)
    const trace = readTrace(await saved(page, 'Save'))
    expect(trace.outcome?.end).toEqual({ kind: 'alive' })
    expect(trace.outcome?.heardMs).toBe(trace.outcome?.spokenMs)
  })

  it.each([
    ['refuse', 'No session'],
    ['drop', 'The session died'],
    ['close', 'The session died'],
  ])('is told in the verdict: %s', { timeout: limitMs }, async (fault, headline) => {
    const { page } = await openPage({ path: '/?speech=weather', complains: fault === 'refuse' })
    await page.getByLabel('Fault', { exact: true }).selectOption(fault)
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page.locator('#verdict').getByText(headline).waitFor({ timeout: 60_000 })
    await idle(page)
  })

  it.each([
    ['drop', 'Words were lost'],
    ['pass', 'The session died'],
  ])('by choice of the policy: %s', { timeout: limitMs }, async (way, headline) => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await choose(page, way)
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page.locator('#verdict').getByText(headline).waitFor({ timeout: 60_000 })
    await idle(page)
  })

  it('is told when the microphone is not allowed', { timeout: limitMs }, async () => {
    const { page } = await openPage({ allowed: false })
    await page.getByRole('button', { name: 'Start talking' }).click()
    await expect.poll(() => page.locator('#talk-note').textContent()).toContain('microphone')
  })
})

describe('the microphone', () => {
  it('hears a user who speaks on during a tool call, and nothing is lost', { timeout: limitMs }, async () => {
    const heard = fileURLToPath(new URL('../../speech/weather.wav', import.meta.url))
    const { page } = await openPage({ heard })
    await page.getByRole('button', { name: 'Start talking' }).click()
    const timeline = page.locator('#timeline')
    await timeline
      .getByRole('button', { name: /^Microphone: held, then sent, .* why: tool-call/ })
      .waitFor({ timeout: 60_000 })
    await timeline.getByRole('button', { name: /^Turns: turn 2, .* to \d/ }).waitFor({ timeout: 60_000 })
    await page.locator('#talk').click()
    await idle(page)
    const { outcome } = readTrace(await saved(page, 'Save'))
    expect(outcome).toMatchObject({
      heardMs: outcome?.spokenMs,
      calls: 1,
      answered: 1,
      end: { kind: 'alive' },
    })
    expect(outcome?.spokenMs).toBeGreaterThan(2500)
  })

  it('of the visitor is heard until they stop', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await page.getByRole('button', { name: 'Start talking' }).click()
    await page
      .locator('#timeline')
      .getByRole('button', { name: /^Server heard: live/ })
      .waitFor({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.waitForTimeout(1000)
    await page.locator('#talk').click()
    await idle(page)
    const trace = readTrace(await saved(page, 'Save'))
    expect(trace.facts.filter(({ type }) => type === 'server-heard').length).toBeGreaterThan(20)
  })
})

it('a socket that is closing takes nothing, and what is said to it counts as dropped', {
  timeout: limitMs,
}, async () => {
  const { page } = await openPage({ path: '/?speech=weather' })
  await page.evaluate(watchPlatform)
  await choose(page, 'no-gate')
  await page.getByLabel('Turns', { exact: true }).selectOption('push-to-talk')
  await page.getByRole('button', { name: 'Let the recording talk' }).click()
  await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#press')?.disabled === false)
  await page.getByLabel('Write to the model').fill('What is the weather?')
  await page.getByRole('button', { name: 'Send' }).click()
  const call = page.locator('#timeline .track-tools .item')
  await call.waitFor()
  await page.evaluate(() => {
    const [socket] = watched.sockets
    Object.defineProperty(socket, 'readyState', { value: WebSocket.CLOSING })
  })
  const press = page.locator('#press')
  await press.dispatchEvent('pointerdown', { button: 0 })
  await press.dispatchEvent('pointerup', { button: 0 })
  // The tool has taken its time, and its answer has nowhere to go.
  await expect.poll(() => call.evaluate((item) => item.clientWidth), { timeout: 30_000 }).toBeGreaterThan(100)
  await page.locator('#talk').click()
  await idle(page)
  const { facts } = readTrace(await saved(page, 'Save'))
  const signals = facts.flatMap((fact) =>
    fact.type === 'offered' && fact.kind !== 'audio' ? [[fact.kind, fact.fate, fact.reason]] : [],
  )
  expect(signals).toEqual([
    ['text', 'sent', undefined],
    ['activityStart', 'dropped', 'closed'],
    ['activityEnd', 'dropped', 'closed'],
  ])
})

describe('one conversation at a time', () => {
  const stateIs = (page: Page, state: string): Promise<unknown> =>
    page.waitForFunction((state) => document.querySelector('#talk-state')?.textContent === state, state)

  it('is stopped while the browser still asks for the microphone, which is let go when it comes', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage()
    await page.evaluate(watchPlatform)
    await page.evaluate(() => {
      watched.asks = new Promise((resolve) => {
        watched.allow = resolve
      })
    })
    await page.getByRole('button', { name: 'Start talking' }).click()
    await stateIs(page, 'connecting')
    expect(await page.getByLabel('Write to the model').isDisabled()).toBe(true)
    await page.locator('#talk').click()
    await stateIs(page, 'not connected')
    await page.evaluate(() => watched.allow())
    await page.waitForFunction(() => watched.tracks[0]?.readyState === 'ended')
    expect(await page.evaluate(() => watched.sockets.length)).toBe(0)
    await page.getByRole('button', { name: 'Start talking' }).click()
    await stateIs(page, 'live')
    await page.locator('#talk').click()
    await idle(page)
    expect(await page.evaluate(() => watched.sockets.length)).toBe(1)
  })

  it('is stopped while it connects, and its emulator ends with it', { timeout: limitMs }, async () => {
    const { page, server } = await openPage()
    await page.evaluate(watchPlatform)
    const answers: (() => void)[] = []
    await page.route('**/api/runs', async (route) => {
      await new Promise<void>((resolve) => answers.push(resolve))
      await route.continue()
    })
    await page.getByLabel('Turns', { exact: true }).selectOption('push-to-talk')
    const asked = page.waitForRequest('**/api/runs')
    await page.getByRole('button', { name: 'Start talking' }).click()
    await asked
    expect([await page.locator('#press').isDisabled(), await page.locator('#words').isDisabled()]).toEqual([
      true,
      true,
    ])
    await page.locator('#talk').click()
    await page.locator('#verdict').getByText('It did not begin: it was stopped').waitFor()
    expect(await page.evaluate(() => watched.tracks.map(({ readyState }) => readyState))).toEqual(['ended'])
    const answered = page.waitForResponse('**/api/runs')
    answers[0]?.()
    const { id } = (await (await answered).json()) as { id: string }
    // Nobody listens to it; otherwise it would be there as long as the page.
    await page.waitForFunction(() => watched.streams[0]?.readyState === EventSource.CLOSED)
    await expect.poll(async () => (await fetch(`${server.url}/api/runs/${id}/heard`)).status).toBe(404)
    // What came late is not taken for the next one's.
    const askedAgain = page.waitForRequest('**/api/runs')
    await page.getByRole('button', { name: 'Start talking' }).click()
    await askedAgain
    expect(await page.locator('#talk-state').textContent()).toBe('connecting')
    await page.locator('#talk').click()
    await idle(page)
    answers[1]?.()
  })

  it('lets go of the microphone when there is no session', { timeout: limitMs }, async () => {
    const { page } = await openPage({ complains: true })
    await page.evaluate(watchPlatform)
    await page.getByLabel('Fault', { exact: true }).selectOption('refuse')
    await page.getByRole('button', { name: 'Start talking' }).click()
    await page.locator('#verdict').getByText('No session').waitFor()
    await idle(page)
    expect(await page.evaluate(() => watched.tracks.map(({ readyState }) => readyState))).toEqual(['ended'])
    expect(await page.locator('#talk-note').textContent()).toBe(
      'There is no connection: the server refused it, ended it, or cannot be reached. Try again.',
    )
  })

  it('leaves nothing of a story that was stopped in the next', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await page.evaluate(watchPlatform)
    const hint = await page.locator('#story-status').textContent()
    await page.locator('#play-all').click()
    await stateIs(page, 'live')
    await page.locator('#play-all').click()
    await idle(page)
    expect(await page.locator('#story-status').textContent()).toBe(hint)
    await page.locator('#play-all').click()
    await stateIs(page, 'closed')
    await page.locator('#play-all').click()
    await idle(page)
    expect(await page.evaluate(() => watched.sockets.length)).toBe(2)
    expect(await page.locator('#talk-note').textContent()).toBe('')
  })

  it('tries no other connection once it is stopped', { timeout: limitMs }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    let isRefused = false
    await page.routeWebSocket('**/runs/**', (socket) => {
      if (isRefused) void socket.close({ code: 1011, reason: 'The handle is in use.' })
      else socket.connectToServer()
    })
    await page.reload()
    await page.waitForSelector('body:not([data-loading])')
    await page.evaluate(watchPlatform)
    await page.getByLabel('Fault', { exact: true }).selectOption('go-away')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await stateIs(page, 'live')
    isRefused = true
    await page.locator('#inject').click()
    await page.waitForFunction(() => watched.sockets[2]?.readyState === WebSocket.CLOSED)
    const opened = await page.evaluate(() => {
      document.getElementById('talk')?.click()
      return watched.sockets.length
    })
    isRefused = false
    await idle(page)
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    // Until then the timeline is that of the run before.
    await stateIs(page, 'live')
    await page
      .locator('#timeline')
      .getByRole('button', { name: /^Server heard: live/ })
      .waitFor()
    expect(await page.evaluate(() => watched.sockets.length)).toBe(opened + 1)
  })

  it('is silent when it is stopped, whatever the model still had to say', { timeout: limitMs }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await page.evaluate(watchPlatform)
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page
      .locator('#timeline')
      .getByRole('button', { name: /^Model: / })
      .first()
      .waitFor({ timeout: 60_000 })
    await page.locator('#talk').click()
    await idle(page)
    expect(await page.evaluate(() => watched.posted.at(-1))).toEqual({ type: 'flush' })
  })
})

describe('what the user has to know is told', () => {
  it('when the server of the page has ended, and another run can be tried', {
    timeout: limitMs,
  }, async () => {
    const { page, server } = await openPage({ complains: true })
    await page.getByRole('button', { name: 'Start talking' }).click()
    await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
    await server.close()
    await page.locator('#verdict').getByText('The session died').waitFor()
    const note = page.locator('#talk-note')
    expect(await note.textContent()).toBe(
      'The server of this page does not answer. Is “demo:web” still running?',
    )
    await page.getByLabel('Voice', { exact: true }).selectOption('recording')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await idle(page)
    expect(await note.textContent()).toBe(
      'The server of this page does not answer. Is “demo:web” still running?',
    )
  })

  it('when a chosen fault cannot strike', { timeout: limitMs }, async () => {
    const { page } = await openPage({ path: '/?speech=weather', complains: true })
    await page.route('**/faults', (route) =>
      route.fulfill({ status: 400, json: { error: 'no session is open' } }),
    )
    await page.getByLabel('Fault', { exact: true }).selectOption('drop')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page.locator('#talk-note').getByText('no session is open').waitFor({ timeout: 60_000 })
  })

  it.each([
    ['NotAllowedError', 'The browser does not let this page use the microphone.'],
    ['NotFoundError', 'No microphone is connected.'],
    ['NotReadableError', 'Another program uses the microphone.'],
    ['TypeError', 'This browser offers the page no sound.'],
  ])('when the browser has no microphone to give: %s', { timeout: limitMs }, async (name, words) => {
    const { page } = await openPage()
    await page.evaluate(watchPlatform)
    await page.evaluate((name) => {
      watched.refuseWith = name
    }, name)
    await page.getByRole('button', { name: 'Start talking' }).click()
    await page.locator('#talk-note').getByText(words).waitFor()
  })

  it('when a part of the page cannot be loaded', { timeout: limitMs }, async () => {
    const { page, server } = await openPage({ complains: true })
    await server.close()
    await page.getByRole('button', { name: 'Start talking' }).click()
    await page.locator('#talk-note').getByText('A part of this page could not be loaded.').waitFor()
  })

  it('when the microphone is gone, and no other is there yet', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await page.evaluate(watchPlatform)
    await page.getByRole('button', { name: 'Start talking' }).click()
    await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
    await page.evaluate(() => {
      watched.asks = new Promise(() => {})
      watched.tracks[0]?.stop()
      watched.tracks[0]?.dispatchEvent(new Event('ended'))
    })
    await page.locator('#talk-note').getByText('The microphone is gone.').waitFor()
  })

  it('when the microphone is unplugged, until there is another', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await page.evaluate(watchPlatform)
    await page.getByRole('button', { name: 'Start talking' }).click()
    await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
    await page.evaluate(() => {
      watched.refuseWith = 'NotFoundError'
      watched.tracks[0]?.stop()
      watched.tracks[0]?.dispatchEvent(new Event('ended'))
    })
    await page.locator('#talk-note').getByText('No microphone is connected. Plug one in').waitFor()
    await page.evaluate(() => {
      watched.refuseWith = undefined
      navigator.mediaDevices.dispatchEvent(new Event('devicechange'))
    })
    await expect.poll(() => page.locator('#talk-note').textContent()).toBe('')
  })

  it('when the microphone goes between two turns, which the server need not know', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage()
    await page.evaluate(watchPlatform)
    await page.getByLabel('Turns', { exact: true }).selectOption('push-to-talk')
    await page.getByRole('button', { name: 'Start talking' }).click()
    await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
    await page.evaluate(() => {
      watched.refuseWith = 'NotFoundError'
      watched.tracks[0]?.stop()
      watched.tracks[0]?.dispatchEvent(new Event('ended'))
    })
    await page.locator('#talk-note').getByText('No microphone is connected. Plug one in').waitFor()
    await page.locator('#talk').click()
    await idle(page)
    const { facts } = readTrace(await saved(page, 'Save'))
    expect(facts.flatMap((fact) => (fact.type === 'offered' && fact.kind !== 'audio' ? [fact] : []))).toEqual(
      [],
    )
  })

  it('when the platform has paused the microphone', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await page.evaluate(watchPlatform)
    await page.getByRole('button', { name: 'Start talking' }).click()
    await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
    await page.evaluate(() => {
      const track = watched.tracks[0] as MediaStreamTrack
      Object.defineProperty(track, 'muted', { value: true })
      track.dispatchEvent(new Event('mute'))
    })
    await page.locator('#talk-note').getByText('The microphone is paused').waitFor()
  })

  it('when the model’s audio cannot be played', { timeout: limitMs }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await page.routeWebSocket('**/runs/**', (socket) => {
      const server = socket.connectToServer()
      server.onMessage((message) => socket.send(String(message).replaceAll('audio/pcm', 'audio/opus')))
    })
    await page.reload()
    await page.waitForSelector('body:not([data-loading])')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page
      .locator('#talk-note')
      .getByText('The model answers with audio that this page cannot play.')
      .waitFor({ timeout: 60_000 })
  })
})

describe('the button of a turn', () => {
  it('is let go when the platform cancels the touch, and is not pressed by another button', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await page.getByLabel('Turns', { exact: true }).selectOption('push-to-talk')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#press')?.disabled === false)
    const press = page.locator('#press')
    const isPressed = (): Promise<boolean> => press.evaluate((button) => button.hasAttribute('data-pressed'))
    await press.dispatchEvent('pointerdown', { button: 2 })
    expect(await isPressed()).toBe(false)
    await press.dispatchEvent('pointerdown', { button: 0 })
    expect(await isPressed()).toBe(true)
    await press.dispatchEvent('pointercancel', { button: 0 })
    expect(await isPressed()).toBe(false)
  })
})
