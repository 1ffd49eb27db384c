import { needChromium } from '@livegate/chromium'
import type { Page } from 'playwright-core'
import { beforeEach, describe, expect, it } from 'vitest'
import { readTrace } from '../../src/trace/trace.ts'
import { closeBrowsers, openPage } from './chromium.ts'
import { cardOf, idle, limitMs, saved } from './page-actions.ts'
import { watchPlatform } from './watched-platform.ts'

beforeEach(needChromium)
closeBrowsers()

/** Opens a page whose visitor talks, on a platform that the test can steer. */
async function talk(turns: 'hands-free' | 'push-to-talk' = 'hands-free'): Promise<Page> {
  const { page } = await openPage()
  await page.evaluate(watchPlatform)
  await page.getByLabel('Turns', { exact: true }).selectOption(turns)
  await page.getByRole('button', { name: 'Start talking' }).click()
  await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
  return page
}

/** Runs in the page: takes the only microphone away. */
function pullOut(): void {
  watched.refuseWith = 'NotFoundError'
  watched.tracks[0]?.stop()
  watched.tracks[0]?.dispatchEvent(new Event('ended'))
}

it('a card’s run says that the microphone is off, and brings its picture into view on a phone', {
  timeout: limitMs,
}, async () => {
  const { page } = await openPage({ width: 390 })
  const note = page.locator('#talk-note')
  await page.getByRole('button', { name: 'Play No gate', exact: false }).click()
  await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
  expect(await note.textContent()).toBe('The recorded user talks; your microphone stays off.')
  await idle(page)
  expect(await note.textContent()).toBe('Your voice stays on this machine.')
  await page.evaluate(() => scrollTo(0, 0))
  await page.getByRole('button', { name: 'Show No gate on the timeline' }).click()
  const top = () => page.locator('#timeline-title').evaluate((title) => title.getBoundingClientRect().top)
  await expect.poll(top).toBeLessThan(100)
})

describe('the page says what the user has to know', () => {
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

  it('when the server ends amid the three runs, beside their button', { timeout: limitMs }, async () => {
    const { page, server } = await openPage({ complains: true })
    await page.getByRole('button', { name: 'Play all three' }).click()
    await cardOf(page, 'No gate').getByText('The session died').waitFor({ timeout: 60_000 })
    await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
    await server.close()
    await page.getByRole('button', { name: 'Play all three' }).waitFor({ timeout: 60_000 })
    // A run that does not begin leaves the result of the one before.
    await page.getByRole('button', { name: 'Play again No gate', exact: true }).click()
    await page.getByRole('button', { name: 'Play all three' }).waitFor({ timeout: 60_000 })
    expect(await cardOf(page, 'No gate').locator('.card-badge').textContent()).toBe('The session died')
    expect(await page.locator('#story-status').textContent()).toBe(
      'The server of this page does not answer. Is “demo:web” still running?',
    )
  })

  it('when the server hangs while a run is stopped, and the run ends all the same', {
    timeout: limitMs,
  }, async () => {
    const page = await talk()
    await page.route('**/heard', () => {})
    await page.evaluate(() => {
      AbortSignal.timeout = () => AbortSignal.abort()
    })
    await page.locator('#talk').click()
    await idle(page)
    expect(await page.locator('#talk-note').textContent()).toBe(
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
    ['TypeError', 'This page has no access to sound here.'],
  ])('when the browser offers no microphone: %s', { timeout: limitMs }, async (name, words) => {
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
    const page = await talk()
    await page.evaluate(() => {
      watched.asks = new Promise(() => {})
      watched.tracks[0]?.stop()
      watched.tracks[0]?.dispatchEvent(new Event('ended'))
    })
    await page.locator('#talk-note').getByText('The microphone is gone.').waitFor()
  })

  it('when the microphone is unplugged, until there is another', { timeout: limitMs }, async () => {
    const page = await talk()
    await page.evaluate(pullOut)
    await page.locator('#talk-note').getByText('No microphone is connected. Plug one in').waitFor()
    await page.evaluate(() => {
      watched.refuseWith = undefined
      navigator.mediaDevices.dispatchEvent(new Event('devicechange'))
    })
    await expect
      .poll(() => page.locator('#talk-note').textContent())
      .toBe('Your voice stays on this machine.')
  })

  it('when the microphone goes between two turns, without telling the server', {
    timeout: limitMs,
  }, async () => {
    const page = await talk('push-to-talk')
    await page.evaluate(pullOut)
    await page.locator('#talk-note').getByText('No microphone is connected. Plug one in').waitFor()
    await page.locator('#talk').click()
    await idle(page)
    const { facts } = readTrace(await saved(page, 'Save'))
    expect(facts.flatMap((fact) => (fact.type === 'offered' && fact.kind !== 'audio' ? [fact] : []))).toEqual(
      [],
    )
  })

  it('when the platform has paused the microphone', { timeout: limitMs }, async () => {
    const page = await talk()
    await page.evaluate(() => {
      const track = watched.tracks[0] as MediaStreamTrack
      Object.defineProperty(track, 'muted', { value: true })
      track.dispatchEvent(new Event('mute'))
    })
    await page.locator('#talk-note').getByText('The microphone is paused').waitFor()
    // Then it is no microphone of this page any more.
    await page.locator('#talk').click()
    await idle(page)
    expect(await page.locator('#talk-note').textContent()).toBe('Your voice stays on this machine.')
  })

  it('when the model’s audio cannot be played', { timeout: limitMs }, async () => {
    const { page } = await openPage({ path: '/?speech=weather' })
    await page.routeWebSocket('**/runs/**', (socket) => {
      const server = socket.connectToServer()
      server.onMessage((message) => socket.send(String(message).replaceAll('audio/pcm', 'audio/opus')))
    })
    await page.reload()
    await page.waitForSelector('body:not([data-loading])')
    // It takes input during a call, however late a busy page sees the call.
    await page.getByLabel('Emulated model').selectOption('vertex')
    await page.getByRole('button', { name: 'Let the recording talk' }).click()
    await page
      .locator('#talk-note')
      .getByText('This page cannot play the model’s audio.')
      .waitFor({ timeout: 60_000 })
  })
})

/** Runs in the page: collects what screen readers read out from now on. */
function listen(): void {
  const told: string[] = []
  Object.assign(globalThis, { told })
  new MutationObserver((records) => {
    for (const { target, addedNodes, type } of records) {
      const element = target instanceof Element ? target : target.parentElement
      const region = element?.closest('[role="status"], [role="log"]')
      if (!region || region.getAttribute('aria-live') === 'off') continue
      const texts =
        type === 'childList' ? [...addedNodes].map(({ textContent }) => textContent) : [target.nodeValue]
      told.push(...texts.flatMap((text) => text || []))
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true })
}

const told = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => (globalThis as unknown as { readonly told: readonly string[] }).told)

it('screen readers are told news only: no hint, nothing twice, and no run that is shown again', {
  timeout: limitMs,
}, async () => {
  const { page } = await openPage()
  await page.evaluate(listen)
  await page.getByRole('button', { name: 'Play Livegate', exact: false }).click()
  await page.locator('#pause:enabled').click()
  await idle(page)
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.getByRole('button', { name: 'Show Livegate on the timeline' }).click()
  const all = await told(page)
  expect(all.filter((text, index) => all.indexOf(text) !== index)).toEqual([])
  await page.locator('#play-all').click()
  await page.waitForFunction(() => document.querySelector('#talk-state')?.textContent === 'live')
  await page.locator('#play-all').click()
  await idle(page)
  expect((await told(page)).slice(all.length)).toEqual([
    expect.stringMatching(/^1 of 3: No gate/),
    'The recorded user talks; your microphone stays off.',
    expect.stringMatching(/^Stopped early/),
    'Your voice stays on this machine.',
  ])
})

describe('the button of a turn', () => {
  it('is released when the platform cancels the touch, and is not pressed by another mouse button', {
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
