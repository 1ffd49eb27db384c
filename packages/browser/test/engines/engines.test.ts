import { type Emulator, startEmulator } from '@livegate/emulator'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Microphone, Speaker } from '../../src/index.ts'
import type { Session } from '../../src/session.ts'
import { wavFile } from '../chromium/chromium.ts'
import { startPageServer } from '../chromium/page-server.ts'
import { voice } from '../speech.ts'
import type { Engine, EnginePage } from './engine.ts'
import { engines, needEngine } from './engines.ts'
import { firefox } from './puppeteer-engines.ts'
import { type SoundCard, startSoundCard } from './sound-card.ts'
import { webkit } from './webkit-engine.ts'

declare global {
  /** The page's side of a conversation that a test leads. */
  var conversation: {
    readonly session: Session
    readonly microphone: Microphone
    readonly speaker: Speaker
    /** The speaker's state as soon as it was open. */
    readonly state: string
    /** The frames of the microphone. */
    readonly frames: number[]
    /** Ends the tool. */
    readonly answer: () => void
    /** How much of the model's turn was played, for each interruption. */
    readonly playedMs: number[]
    readonly errors: string[]
  }
  /** The states that a microphone has reported, with the codes of the errors. */
  var states: string[]
}

interface Stage {
  readonly emulator: Emulator
  readonly card: SoundCard
  readonly page: EnginePage
}

async function open(engine: Engine): Promise<Stage> {
  const emulator = await startEmulator({
    script: [
      { call: [{ name: 'get_weather' }], thenSay: 'Rain.' },
      { say: 'word '.repeat(80) },
      { silent: true },
    ],
  })
  onTestFinished(() => emulator.close())
  const server = await startPageServer()
  onTestFinished(() => server.close())
  const card = await startSoundCard()
  onTestFinished(() => card.close())
  const page = await engine.open(server.url, card.environment)
  onTestFinished(() => page.close())
  return { emulator, card, page }
}

/** Long enough to be heard as speech. */
const sentence = voice.subarray(0, 24_000)

describe.for(engines)('$name, with a sound card', (engine) => {
  it('has a conversation: a call, speech during it, and an interruption', async (context) => {
    needEngine(engine, context)
    const { emulator, card, page } = await open(engine)
    const wav = wavFile(sentence, 24_000)
    await page.evaluate(
      async (options) => {
        const errors: string[] = []
        addEventListener('error', ({ message }) => errors.push(message))
        addEventListener('unhandledrejection', ({ reason }) => errors.push(String(reason)))
        const frames: number[] = []
        const playedMs: number[] = []
        let answer = (): void => {}
        const weather = new Promise((resolve) => {
          answer = () => resolve({ celsius: 12 })
        })
        const session = await livegate.connectLive({
          ...options,
          config: { tools: [{ functionDeclarations: [{ name: 'get_weather' }] }] },
          tools: { get_weather: () => weather },
        })
        const microphone = await livegate.openMicrophone({
          echoCancellation: false,
          noiseSuppression: false,
          autoGainControl: false,
        })
        const openedAtMs = performance.now()
        const speaker = await livegate.openSpeaker()
        // On a busy machine a browser may take longer to start than the package waits.
        const isLate = speaker.state === 'blocked' && performance.now() - openedAtMs > 1000
        const state = isLate ? 'idle' : speaker.state
        microphone.onFrame((frame) => frames.push(...frame))
        livegate.connectVoice({ session, microphone, speaker }).onEvent((event) => {
          if (event.type === 'interrupted') playedMs.push(event.playedMs)
          else errors.push(String(event.error))
        })
        globalThis.conversation = {
          session,
          microphone,
          speaker,
          frames,
          state,
          playedMs,
          errors,
          answer,
        }
      },
      { model: 'gemini-2.5-flash', accessToken: 'auth_tokens/of-a-test', url: emulator.url },
    )
    const session = emulator.sessions[0]
    const speakerState = () => page.evaluate(() => conversation.speaker.state)

    await card.say(wav)
    const gate = () => page.evaluate(() => conversation.session.gate.snapshot())
    await expect.poll(async () => (await gate()).status).toBe('shut')
    await card.say(wav)
    // On a busy machine the last of it comes late.
    await expect.poll(async () => (await gate()).backlog.durationMs).toBeGreaterThan(900)
    await page.evaluate(() => conversation.answer())
    // Wait for the end of the turn: earlier speech would belong to it, and earlier sound is the answer to the first turn.
    await expect.poll(() => session?.turns[1]?.endMs).toBeDefined()
    await expect.poll(speakerState).toBe('playing')
    await card.say(wav)
    await expect.poll(() => session?.turns.length).toBe(3)
    await expect.poll(speakerState).toBe('idle')
    const told = await page.evaluate(async () => {
      const { session, microphone, speaker, state, frames, playedMs, errors } = conversation
      microphone.close()
      speaker.close()
      session.close()
      return { state, frames, playedMs, errors }
    })
    await expect.poll(() => session?.closed).toBeDefined()

    expect({
      state: told.state,
      errors: told.errors,
      turns: session?.turns.map(({ source }) => source),
      answered: session?.toolResponses.map(({ idWas }) => idWas),
      violations: session?.inputsDuringWindow.violations,
      closed: session?.closed?.by,
    }).toEqual({
      state: 'idle',
      errors: [],
      turns: ['speech', 'speech', 'speech'],
      answered: ['pending'],
      violations: 0,
      closed: 'client',
    })
    expect(told.playedMs.at(-1)).toBeGreaterThan(0)
    // Half a second of silence ends the stream.
    expect([...(session?.receivedAudio() ?? [])]).toEqual([...told.frames, ...new Array(8000).fill(0)])
  })
})

// Chromium is left out: it goes on with the system's default device, whichever that is.
describe('a device that is pulled out', () => {
  it.for([
    { engine: firefox, pulledOut: ['lost: microphone-lost', 'live'], putBack: [] },
    { engine: webkit, pulledOut: ['lost: microphone-lost', 'lost: microphone-missing'], putBack: ['live'] },
  ])('is lost until there is another or the same again: $engine.name', async (row, context) => {
    const { engine, pulledOut, putBack } = row
    needEngine(engine, context)
    const { card, page } = await open(engine)
    await page.evaluate(async () => {
      const microphone = await livegate.openMicrophone()
      globalThis.states = []
      microphone.onStateChange((state, error) => {
        // On a busy machine a browser may take longer to start than the package waits.
        if (state !== 'blocked') states.push(error ? `${state}: ${error.code}` : state)
      })
    })
    const told = () => page.evaluate(() => states)
    await card.unplug()
    await expect.poll(told).toEqual(pulledOut)
    await card.plug()
    await expect.poll(told).toEqual([...pulledOut, ...putBack])
  })
})
