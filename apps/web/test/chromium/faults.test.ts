import { needChromium } from '@livegate/chromium'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Fact } from '../../src/trace/fact.ts'
import { readTrace } from '../../src/trace/trace.ts'
import { closeBrowsers, openPage } from './chromium.ts'
import { choose, endlessGraceMs, idle, limitMs, saved, sentDuringCalls } from './page-actions.ts'

beforeEach(needChromium)
closeBrowsers()

const epochTwo = (page: Page): Promise<void> =>
  page
    .locator('#timeline')
    .getByRole('button', { name: /^Connection: epoch 2/ })
    .waitFor({ timeout: 60_000 })

/** Returns when each of the model's answers to the recorded user began. */
function answersIn(facts: readonly Fact[]): readonly string[] {
  const movedMs = facts.find((fact) => fact.type === 'connecting' && fact.epoch === 2)?.atMs ?? 0
  return facts.flatMap((fact) =>
    fact.type === 'transcript' && fact.who === 'model' && /^(It is|Yes,)/.test(fact.text)
      ? [fact.atMs < movedMs ? 'before the move' : 'after it']
      : [],
  )
}

describe('what goes wrong', () => {
  it('with the connection about to end, Livegate moves to another, and nothing is lost', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage({ path: '/?speech=weather', graceMs: endlessGraceMs })
    await page.getByLabel('Fault', { exact: true }).selectOption('go-away')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await epochTwo(page)
    await idle(page)
    const trace = readTrace(await saved(page, 'Save'))
    expect(trace.outcome?.end).toEqual({ kind: 'alive' })
    expect(trace.outcome?.heardMs).toBe(trace.outcome?.spokenMs)
    expect(trace.outcome).toMatchObject({ calls: 1, answered: 1 })
    expect(sentDuringCalls(trace.facts)).toEqual([])
    expect(answersIn(trace.facts)).toEqual(['before the move', 'before the move'])
  })

  it('with a call that is pending while the connection is about to end, its answer counts', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage({ path: '/?speech=weather', graceMs: endlessGraceMs })
    await page.getByLabel('Tool takes').fill('3000')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page.locator('#transcript').getByText('get_weather runs …').waitFor({ timeout: 60_000 })
    await page.getByLabel('Fault', { exact: true }).selectOption('go-away')
    await page.locator('#inject').click()
    await epochTwo(page)
    await idle(page)
    const { facts, outcome } = readTrace(await saved(page, 'Save'))
    expect(facts.flatMap((fact) => (fact.type === 'settled' ? [fact.as] : []))).toEqual(['answered'])
    expect(outcome).toMatchObject({ calls: 1, answered: 1, end: { kind: 'alive' } })
    expect(sentDuringCalls(facts)).toEqual([])
    expect(answersIn(facts)).toEqual(['before the move', 'before the move'])
  })

  it('with the connection about to end during a turn that does not end, Livegate moves to another in time', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await page.routeWebSocket('**/runs/**', (socket) => {
      const server = socket.connectToServer()
      server.onMessage((message) => socket.send(String(message).replace(/(?<=timeLeft": *)"10s"/, '"2s"')))
    })
    await page.reload()
    await page.waitForSelector('body:not([data-loading])')
    await page.getByLabel('Turns', { exact: true }).selectOption('push-to-talk')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#press')?.disabled === false)
    await page.locator('#press').dispatchEvent('pointerdown', { button: 0 })
    await page.getByLabel('Fault', { exact: true }).selectOption('go-away')
    // A click would release the button.
    await page.locator('#inject').dispatchEvent('click')
    await epochTwo(page)
    expect(await page.locator('#press').evaluate((press) => press.hasAttribute('data-pressed'))).toBe(true)
    await page.locator('#talk').click()
    await idle(page)
    const { facts } = readTrace(await saved(page, 'Save'))
    const [faultMs = 0, movedMs = 0] = facts.flatMap((fact) =>
      fact.type === 'fault' || (fact.type === 'connecting' && fact.epoch === 2) ? [fact.atMs] : [],
    )
    // The page moves a second before the two seconds are up.
    expect(movedMs - faultMs).toBeGreaterThan(900)
    expect(movedMs - faultMs).toBeLessThan(5000)
  })

  it('with a server that is slow to answer, a run ends behind its last answer', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await page.routeWebSocket('**/runs/**', (socket) => {
      const server = socket.connectToServer()
      server.onMessage((message) => setTimeout(() => socket.send(message), 2000))
    })
    await page.reload()
    await page.waitForSelector('body:not([data-loading])')
    // It takes input during a call, which the page sees late.
    await page.getByLabel('Emulated model').selectOption('vertex')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
    await idle(page)
    const { facts, outcome } = readTrace(await saved(page, 'Save'))
    expect(outcome).toMatchObject({ calls: 1, answered: 1, end: { kind: 'alive' } })
    expect(answersIn(facts)).toHaveLength(2)
  })

  it('with a turn that cancels the call, the call is shown as cancelled, and its answer does not count', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage({ path: '/?speech=weather', graceMs: 200 })
    await choose(page, 'no-gate')
    await page.getByLabel('Emulated model').selectOption('gemini-3.1')
    await page.getByLabel('Tool takes').fill('4000')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page.locator('#transcript').getByText('get_weather cancelled').waitFor({ timeout: 60_000 })
    await idle(page)
    const { facts, outcome } = readTrace(await saved(page, 'Save'))
    expect(facts.flatMap((fact) => (fact.type === 'settled' ? [fact.as] : []))).toEqual(['cancelled'])
    expect(outcome).toMatchObject({ calls: 1, answered: 0 })
    await page
      .locator('#timeline')
      .getByRole('button', { name: /^Tool calls: get_weather: cancelled, / })
      .waitFor()
  })

  it('with a message that is written while the flag is set, the page says that it was lost', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await choose(page, 'flag')
    await page.getByLabel('Turns', { exact: true }).selectOption('push-to-talk')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    const write = async (text: string): Promise<void> => {
      await page.getByLabel('Write to the model').fill(text)
      await page.getByRole('button', { name: 'Send' }).click()
    }
    await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#send')?.disabled === false)
    await write('What is the weather?')
    await page.locator('#transcript').getByText('get_weather runs …').waitFor()
    await write('And do I need an umbrella?')
    await page.locator('#transcript').getByText('get_weather answered').waitFor()
    await page.locator('#talk').click()
    await idle(page)
    expect(await page.locator('#verdict').textContent()).toContain(
      'Words were lost. The session lives, but the server never got 1\u{a0}of\u{a0}2 written messages.',
    )
    expect(await page.locator('#transcript .bad').allTextContents()).toEqual([
      'Your message was not sent: it was dropped (policy).',
    ])
  })

  it.each([
    [
      'refuse',
      'No session',
      [
        'There is no connection: the server refused it, or cannot be reached (1006).',
        'Wait a little, and start again.',
      ],
    ],
    ['drop', 'The session died', ['The connection was cut (1006).', 'Start again.']],
    ['silence', 'The server fell silent', []],
    [
      'close',
      'The session died',
      ['The server closed the session: 1011 Internal error encountered.', 'Wait a little, and start again.'],
    ],
  ])('stands in the verdict, with what to do: %s', { timeout: limitMs }, async (fault, headline, lines) => {
    const { page } = await openPage({ path: '/?speech=weather', complains: fault === 'refuse' })
    await page.getByLabel('Fault', { exact: true }).selectOption(fault)
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page.locator('#verdict').getByText(headline).waitFor({ timeout: 60_000 })
    await idle(page)
    expect(await page.locator('#transcript .bad').allTextContents()).toEqual(lines)
  })

  it.each([
    ['drop', 'Words were lost'],
    ['pass', 'The session died'],
  ])('depends on the policy: %s', { timeout: limitMs }, async (way, headline) => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await choose(page, way)
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page.locator('#verdict').getByText(headline).waitFor({ timeout: 60_000 })
    await idle(page)
  })

  it('is explained when the microphone is not allowed', { timeout: limitMs }, async () => {
    const { page } = await openPage({ allowed: false })
    await page.getByRole('button', { name: 'Start talking' }).click()
    await expect.poll(() => page.locator('#talk-note').textContent()).toContain('microphone')
  })
})
