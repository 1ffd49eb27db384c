import { needChromium } from '@livegate/chromium'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { readTrace, writeTrace } from '../../src/trace/trace.ts'
import { closeBrowsers, openPage } from './chromium.ts'
import { cardOf, idle, limitMs, saved, talkSlowly, violations } from './page-actions.ts'

beforeEach(needChromium)
closeBrowsers()

describe('the three runs', () => {
  it('end as they should: the session dies, words are lost, nothing is lost', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage({ graceMs: 3000 })
    await talkSlowly(page)
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

  it('say what is next when all were played, one by one too: to talk, or to take the code', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage({ graceMs: 3000 })
    const primary = (): Promise<(string | null)[]> => page.locator('button.primary').allTextContents()
    const status = page.locator('#story-status')
    for (const title of ['Livegate', 'Boolean flag', 'No gate']) {
      expect(await status.textContent()).toBe('')
      expect((await primary()).map((text) => text?.trim())).toEqual(['Play all three', 'Start talking'])
      await page.getByRole('button', { name: `Play ${title}`, exact: true }).click()
      await idle(page)
    }
    const next = 'Your turn: start talking, or take the code.'
    expect(await status.locator('span').last().textContent()).toBe(next)
    await page.locator('#play-all').click()
    await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
    await page.locator('#play-all').click()
    await idle(page)
    expect(await status.textContent()).toBe(next)
    expect(await primary()).toEqual(['Start talking'])
    await status.getByRole('link', { name: 'start talking' }).click()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('talk')
    await status.getByRole('link', { name: 'take the code' }).click()
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.getByRole('button', { name: 'Copy' }).click()
    await page.getByText('Copied.').waitFor()
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
      /^import \{ connectLive, .*\}$/s,
    )
    expect(await violations(page)).toEqual([])
  })

  it('do not shift the layout on a tablet', { timeout: limitMs }, async () => {
    await Promise.all(
      [768, 900].map(async (width) => {
        const { page } = await openPage({ width })
        await page.getByRole('button', { name: 'Play all three' }).click()
        await page.locator('#story-status').getByText('3 of 3').waitFor({ timeout: 120_000 })
        await page.getByRole('button', { name: 'Play all three' }).waitFor({ timeout: 120_000 })
      }),
    )
  })

  it('do not shift the layout on a phone, whatever their names', { timeout: limitMs }, async () => {
    const { page } = await openPage({ path: '/?speech=weather', width: 390 })
    // What is out of view does not count.
    await page.locator('.run-name').evaluate((name) => name.scrollIntoView())
    // Soon after a click, what shifts is taken for its effect.
    await page.route('**/api/runs', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 700))
      await route.continue()
    })
    const click = (id: string): Promise<void> =>
      page.evaluate((id) => document.getElementById(id)?.click(), id)
    for (const way of ['no-gate', 'pass', 'flag']) {
      await click(`way-${way}`)
      await click('talk')
      await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
      await click('talk')
      await idle(page)
    }
  })

  it('can be stopped, and begun again', { timeout: limitMs }, async () => {
    const { page } = await openPage({ graceMs: 3000 })
    await talkSlowly(page)
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
    const { page } = await openPage({ path: '/?speech=weather', graceMs: 3000 })
    await talkSlowly(page)
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
    const { page } = await openPage({ width: 390, colorScheme: 'dark', graceMs: 3000 })
    await talkSlowly(page)
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

  const tiny = (changes: object = {}): string => {
    const facts = [{ atMs: 1, type: 'called', id: 'a', name: 'get_weather', args: {} }] as const
    const trace = { way: 'flag', server: 'emulator', model: 'gemini-2.5', toolMs: 1000, facts } as const
    return JSON.stringify({ ...JSON.parse(writeTrace({ ...trace, outcome: undefined })), ...changes })
  }
  const choose = (page: Page, text: string): Promise<void> =>
    page
      .locator('#file')
      .setInputFiles({ name: 'a.json', mimeType: 'application/json', buffer: Buffer.from(text) })

  it.each([
    ['while a run goes on', 'live'],
    ['between two runs of the story', 'not connected'],
  ])('is not opened %s', { timeout: limitMs }, async (_, state) => {
    const { page } = await openPage()
    await page.getByRole('button', { name: 'Play all three' }).click()
    await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
    const isDisabled = await page.waitForFunction(
      (state) =>
        document.querySelector('#talk-state')?.textContent === state && {
          open: document.querySelector<HTMLButtonElement>('#open')?.disabled,
        },
      state,
      { timeout: 60_000 },
    )
    expect(await isDisabled.jsonValue()).toEqual({ open: true })
    const note = page.locator('#talk-note')
    for (const text of ['{}', tiny()]) {
      await note.evaluate((element) => {
        element.textContent = ''
      })
      await choose(page, text)
      await note.getByText('A conversation is running. Stop it first.').waitFor()
    }
    expect(await page.locator('#verdict').textContent()).not.toContain('This is not a trace')
    expect(await page.locator('#run-name').textContent()).toContain('tool takes 1.5\u00a0s')
    await page.locator('#play-all').click()
    await idle(page)
    await choose(page, tiny())
    await page.locator('#run-name').getByText('tool takes 1.0 s').waitFor()
  })

  it('that is damaged does not replace the one that is shown', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await choose(page, tiny())
    await page.locator('#run-name').getByText('gemini-2.5').waitFor()
    await choose(page, tiny({ model: 'damaged', facts: [{ atMs: 1, type: 'transcript' }] }))
    await page
      .locator('#verdict')
      .getByText('This trace is damaged: “who” of fact 1 (transcript) is missing or wrong.')
      .waitFor()
    expect(await page.locator('#run-name').textContent()).toContain('gemini-2.5')
    expect(await saved(page, 'Save')).toBe(`${tiny()}\n`)
  })

  it('that is not one is refused with a reason, which comes into view', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await choose(page, '{}')
    const verdict = page.locator('#verdict')
    await verdict.getByText('This is not a trace of Livegate').waitFor()
    const below = (): Promise<number> =>
      verdict.evaluate((element) => element.getBoundingClientRect().bottom - innerHeight)
    await expect.poll(below).toBeLessThan(1)
  })
})
