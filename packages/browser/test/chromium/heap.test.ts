import { needChromium } from '@livegate/chromium'
import { type EmulatedSession, type Emulator, startEmulator } from '@livegate/emulator'
import type { Page } from 'playwright-core'
import { beforeEach, expect, it, onTestFinished } from 'vitest'
import { type Census, takeCensus } from './census.ts'
import { closeBrowsers, openPage } from './chromium.ts'
import { keepLedger } from './ledger.ts'
import { standInForWorklets } from './stand-in-worklets.ts'
import { refuseOtherRates } from './steered-devices.ts'
import { frameOf, prepareTalks } from './talk.ts'

beforeEach(needChromium)
closeBrowsers()

const minutes = 30
const framesInMinute = 3000
const framesHeld = 250
/** The half second of silence that a voice sends when it is closed, in frames. */
const framesOfEnd = 25
const endOfStream = Array.from({ length: framesOfEnd }, () => new Int16Array(320))

/** The calls of a minute; after four minutes a session has had as many as it remembers. */
const calls = Array.from({ length: 250 }, () => ({ name: 'look_up' }))

const quarterSecond = { mimeType: 'audio/pcm;rate=24000', data: Buffer.alloc(12_000).toString('base64') }
const speech = JSON.stringify({ serverContent: { modelTurn: { parts: [{ inlineData: quarterSecond }] } } })
const interruption = JSON.stringify({ serverContent: { interrupted: true } })

/** Event targets that live as long as the page. */
const longLived = ['window', 'document', 'navigator.mediaDevices', 'talks.leaving.signal']

/** The server's side of the long conversation, and what it should have heard. */
interface Server {
  readonly emulator: Emulator
  readonly session: EmulatedSession
  /** How many samples the server has heard. */
  readonly heard: () => number
  readonly said: Int16Array[]
}

/** Plays a minute with everything that happens in conversations. */
async function talkForAMinute(page: Page, { emulator, session, heard, said }: Server): Promise<void> {
  const say = async (count: number, muted = false): Promise<void> => {
    const from = said.length
    await page.evaluate(
      async ([from, to, muted]) => {
        talk.microphone.muted = muted
        await talks.say(talk, from, to)
      },
      [from, from + count, muted] as const,
    )
    for (let number = from; number < from + count; number++) {
      said.push(muted ? new Int16Array(320) : frameOf(number))
    }
  }

  await say(1000)
  await page.evaluate(() => talks.useDevice(talk))
  await say(250, true)

  // When the calls come nothing is in flight, so all that is said then has to wait.
  await expect.poll(heard).toBe(said.length * 320)
  session.callTools(calls)
  await page.evaluate(() => talks.until(() => talk.session.gate.snapshot().status === 'shut'))
  await say(framesHeld)
  const held = await page.evaluate(async () => {
    const { held } = talk.session.gate.snapshot().counters.audio
    talk.answer()
    await talks.until(() => talk.session.gate.snapshot().status === 'open')
    return held
  })
  expect(held).toBe(framesHeld)

  session.sendText(speech)
  session.sendText(interruption)
  await page.evaluate(async () => {
    await talks.until(() => talk.interruptions === 1)
    talks.bindAgain(talk)
  })
  said.push(...endOfStream)
  await openInVain(page, emulator)
  await talkShortly(page, emulator)
  await say(framesInMinute - 1000 - 250 - framesHeld - framesOfEnd)
}

/** Tries to open each of the three where that fails. */
async function openInVain(page: Page, emulator: Emulator): Promise<void> {
  emulator.injectNext({ fault: 'refuse', status: 503 })
  const codes = await page.evaluate(async (url) => {
    const workletUrl = '/missing.js'
    const outcomes = await Promise.allSettled([
      livegate.openMicrophone({ workletUrl }),
      livegate.openSpeaker({ workletUrl }),
      talks.connect(url),
    ])
    return outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)
  }, emulator.url)
  expect(codes).toEqual(['worklet-failed', 'worklet-failed', 'closed'])
}

/** Holds a second conversation, and closes it amid a call, a change of the microphone and the model's speech. */
async function talkShortly(page: Page, emulator: Emulator): Promise<void> {
  const talk = await page.evaluateHandle((url) => talks.begin(url), emulator.url)
  const session = emulator.sessions.at(-1)
  session?.sendText(speech)
  session?.callTools(calls.slice(0, 2))
  await talk.evaluate(async (talk) => {
    // Wait first: frames that are said before the calls arrive could cross them in flight.
    await talks.until(() => talk.speaker.state === 'playing' && talk.session.snapshot().pending.length === 2)
    await talks.say(talk, 0, 5)
    const changing = talk.microphone.useDevice('another').catch(() => {})
    const flushing = talk.speaker.flush()
    talks.end(talk)
    await Promise.all([changing, flushing])
  })
  await talk.dispose()
  await expect.poll(() => session?.closed?.by).toBe('client')
}

/** The platform keeps a few recent objects, such as an event; a leak in each minute comes to more. */
const keptByPlatform = 3

/** Lists what has grown, with both numbers. */
function grown(then: Census, now: Census): Record<string, string> {
  const before = { ...then.objects, ...then.listeners }
  const counts = Object.entries({ ...now.objects, ...now.listeners })
  return Object.fromEntries(
    counts
      .filter(([name, count]) => count > (before[name] ?? 0) + keptByPlatform)
      .map(([name, count]) => [name, `${before[name] ?? 0} → ${count}`]),
  )
}

it('has the same heap after half an hour of talk as after five minutes, and keeps nothing once all is closed', async () => {
  const samples = new Map<EmulatedSession, number>()
  const emulator = await startEmulator({
    script: [{ silent: true }],
    calls: { answered: 'ignored' },
    onEntry(entry, session) {
      if (entry.kind !== 'received' || entry.message.type !== 'realtimeInput') return
      samples.set(session, (samples.get(session) ?? 0) + entry.message.audioSamples)
    },
  })
  onTestFinished(() => emulator.close())
  const page = await openPage()
  await page.evaluate(`globalThis.noise = ${frameOf}`)
  // The platform captures only at the device's own rate, so a microphone tries two contexts.
  for (const prepare of [refuseOtherRates, standInForWorklets, keepLedger, prepareTalks]) {
    await page.evaluate(prepare)
  }
  const begin = async (): Promise<Server> => {
    await page.evaluate(async (url) => {
      globalThis.talk = await talks.begin(url)
    }, emulator.url)
    const session = emulator.sessions.at(-1) as EmulatedSession
    return { emulator, session, heard: () => samples.get(session) ?? 0, said: [] }
  }
  const end = async ({ session, said }: Server): Promise<void> => {
    const timers = await page.evaluate(() => {
      talks.end(talk)
      Object.assign(globalThis, { talk: undefined })
      return [...ledger.open.values()].filter((kind) => kind === 'timer')
    })
    said.push(...endOfStream)
    // Look at once: timers that were forgotten would end by themselves.
    expect(timers).toEqual([])
    await expect.poll(() => page.evaluate(() => [...ledger.open.values()])).toEqual([])
    await expect.poll(() => session.closed?.by).toBe('client')
  }
  const census = (): Promise<Census> => takeCensus(page, longLived)

  // A first minute makes what is made only once, before the first census.
  const first = await begin()
  await talkForAMinute(page, first)
  await end(first)
  const before = await census()

  const server = await begin()
  const { session, said } = server
  for (let minute = 0; minute < 5; minute++) await talkForAMinute(page, server)
  const early = await census()
  for (let minute = 5; minute < minutes; minute++) await talkForAMinute(page, server)
  // Other threads release closed objects, too, in their own time.
  await expect.poll(async () => grown(early, await census())).toEqual({})
  // This counts what is not an object, such as text. One list entry of 4 bytes for each frame would make 300 000.
  expect((await census()).heapBytes - early.heapBytes).toBeLessThan(150_000)
  await end(server)
  await expect.poll(async () => grown(before, await census())).toEqual({})

  const heard = session.receivedAudio()
  const firstWrong = said.findIndex((frame, index) => {
    const samples = heard.subarray(index * frame.length, (index + 1) * frame.length)
    return Buffer.compare(bytesOf(frame), bytesOf(samples)) !== 0
  })
  expect({ samples: heard.length, firstWrong, during: session.inputsDuringWindow }).toEqual({
    samples: (minutes * framesInMinute + framesOfEnd) * 320,
    firstWrong: -1,
    during: { grace: 0, violations: 0 },
  })
  expect(session.log.filter(({ kind }) => kind === 'violation')).toEqual([])
}, 300_000)

const bytesOf = ({ buffer, byteOffset, byteLength }: Int16Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
