import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { needChromium } from '@livegate/chromium'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { readTrace } from '../../src/trace/trace.ts'
import { closeBrowsers, openPage } from './chromium.ts'
import { choose, endlessGraceMs, idle, limitMs, saved, sentDuringCalls } from './page-actions.ts'
import { watchPlatform } from './watched-platform.ts'

beforeEach(needChromium)
closeBrowsers()

/** Waits until the server has heard frames; what comes late on a busy machine makes several items. */
const serverHears = (page: Page): Promise<void> =>
  page
    .locator('#timeline')
    .getByRole('button', { name: /^Server heard: live/ })
    .first()
    .waitFor({ timeout: 60_000 })

/** Runs in the page: whether the server has heard so much sound, by its own log. */
function hasHeard(leastMs: number): boolean {
  const names = [...document.querySelectorAll('.track-server .item')].map((item) => item.ariaLabel ?? '')
  const heardMs = names.flatMap((name) => {
    const [, amount, unit] = /heard: ([\d.]+) (m?s) of sound/.exec(name) ?? []
    return unit === undefined ? [] : [Number(amount) * (unit === 's' ? 1000 : 1)]
  })
  return heardMs.reduce((a, b) => a + b, 0) >= leastMs
}

describe('the microphone', () => {
  it('hears a user who goes on speaking during a tool call, and nothing is lost', {
    timeout: limitMs,
  }, async () => {
    const heard = fileURLToPath(new URL('../../speech/weather.wav', import.meta.url))
    const { page } = await openPage({ heard, graceMs: endlessGraceMs })
    await page.getByRole('button', { name: 'Start talking' }).click()
    const timeline = page.locator('#timeline')
    await timeline
      .getByRole('button', { name: /^Microphone: held, then sent, .* why: tool-call/ })
      .waitFor({ timeout: 60_000 })
    // All of the recording, and the pause that ends a turn.
    const recordedMs = (statSync(heard).size - 44) / 32
    await page.waitForFunction(hasHeard, recordedMs + 1000, { timeout: 60_000 })
    await page.locator('#talk').click()
    await idle(page)
    const { facts, outcome } = readTrace(await saved(page, 'Save'))
    expect(sentDuringCalls(facts)).toEqual([])
    expect(outcome).toMatchObject({
      heardMs: outcome?.spokenMs,
      calls: 1,
      answered: 1,
      end: { kind: 'alive' },
    })
    expect(outcome?.spokenMs).toBeGreaterThan(2500)
  })

  it('of the visitor is heard until the visitor stops the run', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await page.getByRole('button', { name: 'Start talking' }).click()
    await serverHears(page)
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByRole('button', { name: 'Resume' }).click()
    await page.waitForTimeout(1000)
    await page.locator('#talk').click()
    await idle(page)
    const trace = readTrace(await saved(page, 'Save'))
    expect(trace.facts.filter(({ type }) => type === 'server-heard').length).toBeGreaterThan(20)
  })
})

it('a closing socket takes nothing, and what is offered to it counts as dropped', {
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
  // The tool has finished, and its answer has nowhere to go.
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

  it('is stopped while the browser still asks for the microphone, which is released when it comes', {
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
    // Nobody listens to the run; otherwise it would live as long as the page.
    await page.waitForFunction(() => watched.streams[0]?.readyState === EventSource.CLOSED)
    await expect.poll(async () => (await fetch(`${server.url}/api/runs/${id}/heard`)).status).toBe(404)
    // The late answer is not taken for that of the next run.
    const askedAgain = page.waitForRequest('**/api/runs')
    await page.getByRole('button', { name: 'Start talking' }).click()
    await askedAgain
    expect(await page.locator('#talk-state').textContent()).toBe('connecting')
    await page.locator('#talk').click()
    await idle(page)
    answers[1]?.()
  })

  it.each(['no-gate', 'hold'])(
    'releases the microphone when there is no session: %s',
    { timeout: limitMs },
    async (way) => {
      const { page } = await openPage({ complains: true })
      await page.evaluate(watchPlatform)
      await choose(page, way)
      await page.getByLabel('Fault', { exact: true }).selectOption('refuse')
      await page.getByRole('button', { name: 'Start talking' }).click()
      await page.locator('#verdict').getByText('No session').waitFor()
      await idle(page)
      expect(await page.evaluate(() => watched.tracks.map(({ readyState }) => readyState))).toEqual(['ended'])
      expect(await page.locator('#talk-note').textContent()).toBe(
        'There is no connection: the server refused it, ended it, or cannot be reached. Start again.',
      )
    },
  )

  it('carries nothing of a stopped story into the next', { timeout: limitMs }, async () => {
    const { page } = await openPage()
    await page.evaluate(watchPlatform)
    await page.locator('#play-all').click()
    await stateIs(page, 'live')
    await page.locator('#play-all').click()
    await idle(page)
    expect(await page.locator('#story-status').textContent()).toBe('')
    expect(await page.locator('#story-hint').isVisible()).toBe(true)
    await page.locator('#play-all').click()
    await stateIs(page, 'closed')
    await page.locator('#play-all').click()
    await idle(page)
    expect(await page.evaluate(() => watched.sockets.length)).toBe(2)
    expect(await page.locator('#talk-note').textContent()).toBe('Your voice stays on this machine.')
  })

  it('opens no other connection once it is stopped', { timeout: limitMs }, async () => {
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
    // No turn begins, so the page moves at once.
    await page.getByLabel('Turns', { exact: true }).selectOption('push-to-talk')
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
    await page.getByLabel('Turns', { exact: true }).selectOption('hands-free')
    // It takes input during a call, however late a busy page sees the call.
    await page.getByLabel('Emulated model').selectOption('vertex')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    // Until then the timeline shows the previous run.
    await stateIs(page, 'live')
    await serverHears(page)
    expect(await page.evaluate(() => watched.sockets.length)).toBe(opened + 1)
  })

  it('counts frames as heard that are in flight when it is stopped', { timeout: limitMs }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await page.routeWebSocket('**/runs/**', (socket) => {
      const server = socket.connectToServer()
      socket.onMessage((message) => setTimeout(() => server.send(message), 1500))
      socket.onClose(() => setTimeout(() => server.close(), 1500))
    })
    await page.reload()
    await page.waitForSelector('body:not([data-loading])')
    // It takes input during a call, however late a busy page sees the call.
    await page.getByLabel('Emulated model').selectOption('vertex')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await serverHears(page)
    await page.locator('#talk').click()
    await idle(page)
    const { facts } = readTrace(await saved(page, 'Save'))
    expect(facts.filter(({ type }) => type === 'server-closed')).toHaveLength(1)
    expect(facts.filter(({ type }) => type === 'never-arrived')).toMatchObject([{ ranges: [] }])
  })

  it('falls silent when it is stopped, even if the model has more to say', { timeout: limitMs }, async () => {
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
