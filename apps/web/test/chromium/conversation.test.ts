import { fileURLToPath } from 'node:url'
import { needChromium } from '@livegate/chromium'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Fact } from '../../src/trace/fact.ts'
import { readTrace } from '../../src/trace/trace.ts'
import { closeBrowsers, openPage } from './chromium.ts'
import { choose, idle, limitMs, saved } from './page-actions.ts'
import { watchPlatform } from './watched-platform.ts'

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
    const { page } = await openPage({ path: '/?speech=weather' })
    await page.getByLabel('Fault', { exact: true }).selectOption('go-away')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await epochTwo(page)
    await idle(page)
    const trace = readTrace(await saved(page, 'Save'))
    expect(trace.outcome?.end).toEqual({ kind: 'alive' })
    expect(trace.outcome?.heardMs).toBe(trace.outcome?.spokenMs)
    expect(trace.outcome).toMatchObject({ calls: 1, answered: 1 })
    expect(answersIn(trace.facts)).toEqual(['before the move', 'before the move'])
  })

  it('with a call that is pending while the connection is about to end, its answer counts', {
    timeout: limitMs,
  }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
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
      'Words were lost. The session lives, but the server never got 1 of 2 written messages.',
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

describe('the microphone', () => {
  it('hears a user who goes on speaking during a tool call, and nothing is lost', {
    timeout: limitMs,
  }, async () => {
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

  it('of the visitor is heard until the visitor stops the run', { timeout: limitMs }, async () => {
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
    // Until then the timeline shows the previous run.
    await stateIs(page, 'live')
    await page
      .locator('#timeline')
      .getByRole('button', { name: /^Server heard: live/ })
      .waitFor()
    expect(await page.evaluate(() => watched.sockets.length)).toBe(opened + 1)
  })

  it('counts frames as heard that are in flight when it is stopped', { timeout: limitMs }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await page.routeWebSocket('**/runs/**', (socket) => {
      const server = socket.connectToServer()
      socket.onMessage((message) => setTimeout(() => server.send(message), 200))
      socket.onClose(() => setTimeout(() => server.close(), 200))
    })
    await page.reload()
    await page.waitForSelector('body:not([data-loading])')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page
      .locator('#timeline')
      .getByRole('button', { name: /^Server heard: live/ })
      .waitFor()
    await page.locator('#talk').click()
    await idle(page)
    const { facts } = readTrace(await saved(page, 'Save'))
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
