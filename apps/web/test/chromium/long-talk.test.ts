import { needChromium } from '@livegate/chromium'
import type { Page } from 'playwright-core'
import { beforeEach, expect, it } from 'vitest'
import { readTrace } from '../../src/trace/trace.ts'
import { closeBrowsers, openPage } from './chromium.ts'
import { limitMs, saved } from './page-actions.ts'

beforeEach(needChromium)
closeBrowsers()

const minuteMs = 60_000

/** The talk takes no time of its own: it is 66,000 frames of work, for which a busy machine may need ten times as long as a free one. */
const longLimitMs = 4 * limitMs

/** The bytes that the page keeps: objects, and the buffers of samples. */
async function keptBytes(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page)
  // Buffers are released after the objects that own them.
  for (let times = 0; times < 2; times++) await devtools.send('HeapProfiler.collectGarbage')
  // The types of the protocol do not know all fields yet.
  const { usedSize, backingStorageSize = 0 } = (await devtools.send('Runtime.getHeapUsage')) as {
    readonly usedSize: number
    readonly backingStorageSize?: number
  }
  await devtools.detach()
  return usedSize + backingStorageSize
}

it('a long talk keeps the frames of its latest minutes, says so, and counts all that was said', {
  timeout: longLimitMs,
}, async () => {
  const { page } = await openPage({ path: '/?speech=weather' })
  await page.clock.install()
  await page.reload()
  await page.waitForSelector('body:not([data-loading])')
  // Its calls do not shut the gate, so every frame is sent.
  await page.getByLabel('Emulated model').selectOption('vertex')
  await page.getByLabel('Turns', { exact: true }).selectOption('push-to-talk')
  await page.getByRole('button', { name: 'Let the recording talk' }).click()
  await page.waitForFunction(() => document.querySelector<HTMLButtonElement>('#press')?.disabled === false)
  await page.locator('#press').dispatchEvent('pointerdown', { button: 0 })
  let talkedMs = 0
  const talkUntil = async (endMs: number): Promise<void> => {
    // The recorded user delivers the frames of a second at once, and the page draws once.
    for (; talkedMs < endMs; talkedMs += 1000) await page.clock.fastForward(1000)
  }

  await talkUntil(15 * minuteMs)
  const name = page.locator('#run-name')
  expect(await name.textContent()).toMatch(/^Livegate · emulator, like vertex · tool takes 1\.5\u00a0s$/)
  await talkUntil(17 * minuteMs)
  const early = await keptBytes(page)
  await talkUntil(22 * minuteMs)
  // The samples of these five minutes are 10 MB, the facts about their frames 4 MB.
  expect((await keptBytes(page)) - early).toBeLessThan(2_000_000)

  const timeline = page.locator('#timeline')
  const laneOf = (lane: string) => timeline.getByRole('button', { name: `${lane}: no longer kept, 0 ms to ` })
  const isTold = async (): Promise<void> => {
    expect(await name.textContent()).toMatch(/^Livegate · frames from \d+\u00a0s on · emulator, /)
    expect([await laneOf('Microphone').count(), await laneOf('Server heard').count()]).toEqual([1, 1])
  }
  // A live view shows its latest seconds.
  await page.getByRole('button', { name: 'Fit' }).click()
  await isTold()
  await page.locator('#talk').click()
  const isSaveable = (): boolean => document.querySelector<HTMLButtonElement>('#save')?.disabled === false
  await page.waitForFunction(isSaveable, undefined, { timeout: limitMs })
  await isTold()

  const text = await saved(page, 'Save')
  const { facts, outcome } = readTrace(text)
  const [forgotten] = facts
  const frames = facts.filter((fact) => fact.type === 'offered' && fact.kind === 'audio')
  const endMs = facts.at(-1)?.atMs ?? 0
  if (forgotten?.type !== 'forgotten') throw new Error('the first fact does not say what was forgotten')
  expect(frames[0]?.atMs).toBeGreaterThanOrEqual(forgotten.untilMs)
  // Between fifteen and sixteen minutes, and the second in which the frames came.
  expect(endMs - forgotten.untilMs).toBeGreaterThanOrEqual(15 * minuteMs)
  expect(endMs - forgotten.untilMs).toBeLessThan(16 * minuteMs + 2000)
  expect((forgotten.frames + frames.length) * 20).toBeGreaterThan(22 * minuteMs)
  // The recording speaks at the beginning only: none of it is among the frames that are kept.
  expect(outcome?.spokenMs).toBeGreaterThan(3000)
  expect(outcome?.heardMs).toBe(outcome?.spokenMs)
  // What is missing is said of the frames that are kept: the last ones, after the turn.
  const missing = facts.flatMap((fact) => (fact.type === 'never-arrived' ? fact.ranges : []))
  expect(
    missing.filter(([first, count]) => first < frames.length - 50 || first + count > frames.length),
  ).toEqual([])

  await page.reload()
  await page.waitForSelector('body:not([data-loading])')
  await page
    .locator('#file')
    .setInputFiles({ name: 'long.json', mimeType: 'application/json', buffer: Buffer.from(text) })
  await laneOf('Microphone').waitFor()
  await isTold()
  expect(await timeline.getByRole('button', { name: 'Microphone: dropped' }).count()).toBe(0)
})
