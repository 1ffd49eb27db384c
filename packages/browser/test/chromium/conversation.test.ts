import { needChromium } from '@livegate/chromium'
import { type Emulator, type EmulatorOptions, startEmulator } from '@livegate/emulator'
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { toInt16 } from '../../src/worklet/pcm.ts'
import { Resampler } from '../../src/worklet/resampler.ts'
import { align } from '../alignment.ts'
import { longSpeech, voice } from '../speech.ts'
import { closeBrowsers, openPage, wavFile } from './chromium.ts'
import { steerDevices } from './steered-devices.ts'

beforeEach(needChromium)
closeBrowsers()

async function emulate(options?: EmulatorOptions): Promise<Emulator> {
  const emulator = await startEmulator(options)
  onTestFinished(() => emulator.close())
  return emulator
}

const accessToken = 'auth_tokens/of-a-test'
const models = {
  'gemini-2.5': 'gemini-2.5-flash-native-audio-preview-12-2025',
  'gemini-3.1': 'gemini-3.1-flash-live-preview',
  'gemini-3.8': 'gemini-3.8-live',
  vertex: 'gemini-of-vertex',
}
const noProcessing = { echoCancellation: false, noiseSuppression: false, autoGainControl: false }

const floats = (samples: Int16Array): Float32Array => Float32Array.from(samples, (sample) => sample / 32_768)
const seconds = (count: number): Int16Array => new Int16Array(count * 24_000)
const join = (...parts: readonly Int16Array[]): Int16Array =>
  Int16Array.from(parts.flatMap((part) => [...part]))
/** What the server should hear: speech resampled from another rate. */
const as16kHz = (samples: Int16Array, rate: number): Float32Array =>
  new Resampler(rate, 16_000).process(floats(samples))

describe('a conversation', () => {
  it('has a turn of the user that is heard whole, and an answer that is played to its end', async () => {
    const speech = join(seconds(0.3), voice, seconds(1.5))
    const emulator = await emulate({ script: [{ say: 'It is noon.' }] })
    const page = await openPage({ speech: wavFile(speech, 24_000) })
    const told = await page.evaluate(
      async ([options, noProcessing]) => {
        const microphone = await livegate.openMicrophone(noProcessing)
        const speaker = await livegate.openSpeaker()
        const session = await livegate.connectLive(options)
        livegate.connectVoice({ session, microphone, speaker })
        const frames: number[] = []
        microphone.onFrame((frame) => frames.push(...frame))
        const states: string[] = []
        await new Promise<void>((resolve) => {
          speaker.onStateChange((state) => {
            states.push(state)
            if (states.includes('playing') && state === 'idle') resolve()
          })
        })
        session.close()
        microphone.close()
        speaker.close()
        return { states: states.filter((state) => state !== 'blocked').slice(-3), frames }
      },
      [{ model: 'gemini-2.5-flash', accessToken, url: emulator.url }, noProcessing] as const,
    )
    expect(told.states).toEqual(['playing', 'idle', 'closed'])
    const [session] = emulator.sessions
    await expect.poll(() => session?.closed).toBeDefined()
    expect(session?.turns.map(({ source }) => source)).toEqual(['speech'])
    expect([...(session?.receivedAudio() ?? [])]).toEqual(told.frames)
  })

  it('is interrupted by the user: the speaker falls silent, and reports how much was played', async () => {
    const emulator = await emulate({
      script: [{ when: { turn: 'text' }, say: 'word '.repeat(60) }, { silent: true }],
    })
    const page = await openPage({ speech: wavFile(join(seconds(0.5), voice), 24_000) })
    const told = await page.evaluate(
      async ([options, noProcessing]) => {
        const speaker = await livegate.openSpeaker()
        const session = await livegate.connectLive(options)
        session.sendRealtimeInput({ text: 'Tell me a story.' })
        const speaking = new Promise((resolve) => session.onMessage(resolve))
        await speaking
        const microphone = await livegate.openMicrophone(noProcessing)
        const voice = livegate.connectVoice({ session, microphone, speaker })
        const event = await new Promise<object>((resolve) => voice.onEvent(resolve))
        while (speaker.state !== 'idle') await new Promise((resolve) => speaker.onStateChange(resolve))
        session.close()
        microphone.close()
        return event
      },
      [{ model: 'gemini-2.5-flash', accessToken, url: emulator.url }, noProcessing] as const,
    )
    expect(told).toEqual({ type: 'interrupted', playedMs: expect.any(Number) })
  })
})

describe('a user whose microphone stops in the middle of a word', () => {
  // The speech has no pause that would end a turn.
  const speech = wavFile(longSpeech(10), 48_000, afterAll)

  it.each([
    ['gemini-2.5', 'as much silence as it does by default', {}],
    ['gemini-3.1', 'as much silence as it does by default', {}],
    ['gemini-3.8', 'as much silence as it does by default', {}],
    ['gemini-3.8', '1200 ms of silence', { silenceDurationMs: 1200 }],
    ['vertex', 'as much silence as it does by default', {}],
  ] as const)('has ended the turn: %s, which waits for %s', async (profile, _, detection) => {
    const emulator = await emulate({ profile, script: [{ silent: true }] })
    const page = await openPage({ speech, repeats: true })
    await page.evaluate(steerDevices)
    await page.evaluate(
      async ([options, noProcessing]) => {
        const microphone = await livegate.openMicrophone(noProcessing)
        const speaker = await livegate.openSpeaker()
        const session = await livegate.connectLive(options)
        livegate.connectVoice({ session, microphone, speaker })
      },
      [
        {
          model: models[profile],
          accessToken,
          url: emulator.url,
          config: {
            realtimeInputConfig: { automaticActivityDetection: { disabled: false, ...detection } },
          },
        },
        noProcessing,
      ] as const,
    )
    const [session] = emulator.sessions
    const turns = () => session?.turns.map(({ source, endMs }) => [source, endMs !== undefined])
    await expect.poll(turns).toEqual([['speech', false]])
    await page.evaluate(() => steered.muteTrack(true))
    await expect.poll(turns).toEqual([['speech', true]])
    await page.evaluate(() => steered.muteTrack(false))
    await expect.poll(turns).toEqual([
      ['speech', true],
      ['speech', false],
    ])
    expect({
      signals: session?.receivedSignals().map(({ kind }) => kind),
      closed: session?.closed,
    }).toEqual({
      signals: ['audioStreamEnd'],
      closed: undefined,
    })
  })
})

describe('speech during a tool call', () => {
  /** The first sentence is answered by a call; the second begins while the call is pending. */
  const speech = join(seconds(0.3), voice, seconds(0.8), voice, seconds(1.5))
  const policies = ['hold', 'drop', 'pass'] as const
  const profiles = ['gemini-2.5', 'gemini-3.1', 'gemini-3.8', 'vertex'] as const

  it('is sent, held or dropped as the policy says, with each profile', async () => {
    const table = profiles.flatMap((profile) => policies.map((policy) => ({ profile, policy })))
    const emulators = await Promise.all(
      table.map(({ profile }) =>
        emulate({
          profile,
          // On a busy machine the page may see a toolCall late, and go on sending until then.
          graceMs: 800,
          script: [{ call: [{ name: 'get_weather' }], thenSay: 'Rain.' }, { silent: true }],
        }),
      ),
    )
    const page = await openPage({ speech: wavFile(speech, 24_000) })
    const frames = await page.evaluate(
      async ([table, noProcessing, seconds]) => {
        const { holdInput, dropInput, passInput, profileFor } = livegate
        const policies = { hold: holdInput, drop: dropInput, pass: passInput }
        const sessions = await Promise.all(
          table.map(({ url, model, policy, profile, accessToken }) =>
            livegate.connectLive({
              url,
              model,
              accessToken,
              policy: policies[policy](),
              profile: profile === 'vertex' ? profileFor(model, 'vertex') : profileFor(model),
              config: { tools: [{ functionDeclarations: [{ name: 'get_weather' }] }] },
              tools: {
                get_weather: () => new Promise((resolve) => setTimeout(() => resolve({ celsius: 12 }), 1500)),
              },
            }),
          ),
        )
        const microphone = await livegate.openMicrophone(noProcessing)
        const frames: number[] = []
        await new Promise<void>((resolve) => {
          microphone.onFrame((audio) => {
            frames.push(...audio)
            for (const session of sessions) {
              try {
                session.sendRealtimeInput({ audio })
              } catch {
                // These come from a socket that is closing; the other sessions go on.
              }
            }
            if (frames.length >= seconds * 16_000) resolve()
          })
        })
        microphone.close()
        for (const session of sessions) session.close()
        return frames
      },
      [
        table.map((row, index) => ({
          ...row,
          accessToken,
          model: models[row.profile],
          url: (emulators[index] as Emulator).url,
        })),
        noProcessing,
        speech.length / 24_000,
      ] as const,
    )
    await Promise.all(
      emulators.map((emulator) => expect.poll(() => emulator.sessions[0]?.closed).toBeDefined()),
    )
    const outcomes = table.map(({ profile, policy }, index) => {
      const session = emulators[index]?.sessions[0]
      const heard = [...(session?.receivedAudio() ?? [])]
      return {
        profile,
        policy,
        end: session?.closed?.by,
        code: session?.closed?.by === 'server' ? session.closed.code : undefined,
        answered: session?.toolResponses.map(({ idWas }) => idWas),
        violations: session?.inputsDuringWindow.violations,
        // All of it, in order, nothing twice, up to the end of the session.
        heard: heard.every((sample, at) => sample === frames[at])
          ? heard.length === frames.length
            ? 'all'
            : 'the beginning'
          : 'with gaps',
      }
    })
    const alive = { end: 'client', code: undefined, answered: ['pending'], violations: 0 }
    expect(outcomes).toEqual([
      { profile: 'gemini-2.5', policy: 'hold', ...alive, heard: 'all' },
      { profile: 'gemini-2.5', policy: 'drop', ...alive, heard: 'with gaps' },
      {
        profile: 'gemini-2.5',
        policy: 'pass',
        end: 'server',
        code: 1008,
        answered: [],
        violations: 1,
        heard: 'the beginning',
      },
      { profile: 'gemini-3.1', policy: 'hold', ...alive, heard: 'all' },
      { profile: 'gemini-3.1', policy: 'drop', ...alive, heard: 'with gaps' },
      { profile: 'gemini-3.1', policy: 'pass', ...alive, heard: 'all' },
      { profile: 'gemini-3.8', policy: 'hold', ...alive, heard: 'all' },
      { profile: 'gemini-3.8', policy: 'drop', ...alive, heard: 'all' },
      { profile: 'gemini-3.8', policy: 'pass', ...alive, heard: 'all' },
      { profile: 'vertex', policy: 'hold', ...alive, heard: 'all' },
      { profile: 'vertex', policy: 'drop', ...alive, heard: 'all' },
      { profile: 'vertex', policy: 'pass', ...alive, heard: 'all' },
    ])
  })
})

describe('a minute of speech', () => {
  const minute = longSpeech(60)

  // Faster than real time, because on a busy machine a browser loses some of its device's sound.
  it.each([
    [44_100, 2999],
    [48_000, 2999],
  ])(
    'at %i Hz is heard without gap, repeat or drift',
    async (rate, frames) => {
      const speech = Int16Array.from(new Resampler(48_000, rate).process(floats(minute)), toInt16)
      const emulator = await emulate({ script: [{ silent: true }] })
      const page = await openPage()
      await page.evaluate(
        async ([options, rate, frames, speech]) => {
          const session = await livegate.connectLive({
            ...options,
            maxBufferedBytes: Number.POSITIVE_INFINITY,
          })
          const bytes = Uint8Array.from(atob(speech), (character) => character.charCodeAt(0))
          const samples = Float32Array.from(new Int16Array(bytes.buffer), (sample) => sample / 32_768)
          const context = new OfflineAudioContext(1, samples.length, rate)
          await context.audioWorklet.addModule('/worklet.js')
          const buffer = context.createBuffer(1, samples.length, rate)
          buffer.copyToChannel(samples, 0)
          const source = new AudioBufferSourceNode(context, { buffer })
          const node = new AudioWorkletNode(context, 'livegate-microphone', {
            processorOptions: { frameMs: 20 },
          })
          let sent = 0
          const all = new Promise<void>((resolve) => {
            node.port.onmessage = ({ data }: MessageEvent<Int16Array>) => {
              session.sendRealtimeInput({ audio: data })
              if (++sent === frames) resolve()
            }
          })
          source.connect(node).connect(context.destination)
          source.start()
          await context.startRendering()
          await all
          session.close()
        },
        [
          { model: 'gemini-2.5-flash', accessToken, url: emulator.url },
          rate,
          frames,
          Buffer.from(speech.buffer).toString('base64'),
        ] as const,
      )
      await expect.poll(() => emulator.sessions[0]?.closed).toBeDefined()
      const heard = floats(emulator.sessions[0]?.receivedAudio() ?? new Int16Array())
      const { spreadMs, leastCorrelation, windows } = align(as16kHz(minute, 48_000), heard, 16_000)
      expect(windows.length).toBeGreaterThanOrEqual(238)
      expect(spreadMs).toBeLessThan(0.1)
      expect(leastCorrelation).toBeGreaterThan(0.999)
    },
    120_000,
  )
})
