import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { readTrace } from '../../src/trace/trace.ts'
import { closeBrowsers, needChromium, openPage } from './chromium.ts'

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
      expect(await page.getByRole('button', { name: 'Open', exact: true }).isDisabled()).toBe(true)
      if (times === 0) await page.getByRole('button', { name: 'Stop Boolean flag' }).click()
      await idle(page)
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
