import { readFileSync } from 'node:fs'
import { startEmulator } from '@livegate/emulator'
import { describe, expect, it } from 'vitest'
import { type AdaptedMessage, type AdaptedSession, adapters, profiles } from './adapters.ts'

const recording = new URL('../../packages/emulator/test/fixtures/two-sentences.wav', import.meta.url)
/** The first sentence without the WAV's header, up to the sample at which the emulator detects the end of the turn. */
const question = readFileSync(recording).subarray(44, 44 + 57_600)
const silence = Buffer.alloc(640 * 20)

/** Cuts audio into frames of 20 ms, as a microphone delivers them. */
function framesOf(pcm: Buffer) {
  return Array.from({ length: pcm.length / 640 }, (_, index) => {
    const data = pcm.subarray(index * 640, (index + 1) * 640).toString('base64')
    return { audio: { data, mimeType: 'audio/pcm;rate=16000' } }
  })
}

/** Collects what the user hears. */
class Reply {
  said = ''
  audioBytes = 0
  readonly #complete: () => void
  readonly heard: Promise<void>

  constructor() {
    let complete = (): void => {}
    this.heard = new Promise((resolve) => {
      complete = resolve
    })
    this.#complete = complete
  }

  take({ serverContent }: AdaptedMessage): void {
    this.said += serverContent?.outputTranscription?.text ?? ''
    for (const { inlineData } of serverContent?.modelTurn?.parts ?? []) {
      const { data = '' } = inlineData ?? {}
      this.audioBytes += typeof data === 'string' ? Buffer.from(data, 'base64').length : data.length
    }
    // If a call ends its turn, the reply is a turn of its own.
    if (serverContent?.turnComplete && this.audioBytes > 0) this.#complete()
  }
}

describe.each(adapters)('%s', (_, connect) => {
  it.concurrent.each(profiles)(
    'G1, G2, G6, G10: speaks, goes on while its tool runs, and hears the reply to its end: %s',
    async (profile, model) => {
      const emulator = await startEmulator({ profile, strict: true, graceMs: 0 })
      const reply = new Reply()
      let verdicts: string[] = []
      let session: AdaptedSession | undefined
      try {
        session = await connect({
          url: emulator.url,
          vertex: profile === 'vertex',
          model,
          config: {
            tools: [{ functionDeclarations: [{ name: 'get_weather' }] }],
            outputAudioTranscription: {},
          },
          tools: {
            get_weather: (args) => {
              const sent = framesOf(silence).map((frame) => session?.sendRealtimeInput(frame).status ?? '')
              verdicts = [...new Set(sent)]
              return { ...args, celsius: 12 }
            },
          },
          onMessage: (message) => reply.take(message),
        })
        for (const frame of framesOf(question)) session.sendRealtimeInput(frame)
        await reply.heard
        const [server] = emulator.sessions
        const heard = server?.receivedAudio() ?? new Int16Array()
        expect({
          verdicts,
          said: reply.said,
          audioBytes: reply.audioBytes > 0,
          heard: Buffer.from(heard.buffer, heard.byteOffset, heard.byteLength).equals(
            Buffer.concat([question, silence]),
          ),
          turns: server?.turns.length,
          responses: server?.toolResponses.map(({ name, response, idWas }) => ({ name, response, idWas })),
          inputsDuringWindow: server?.inputsDuringWindow,
          violations: server?.log.filter(({ kind }) => kind === 'violation'),
        }).toEqual({
          // On the other two profiles, calls block only if they are declared BLOCKING.
          verdicts: [profile === 'gemini-2.5' || profile === 'gemini-3.1' ? 'held' : 'sent'],
          said: 'It is twelve degrees in Dublin, with light rain.',
          audioBytes: true,
          heard: true,
          turns: 1,
          responses: [{ name: 'get_weather', response: { city: 'Dublin', celsius: 12 }, idWas: 'pending' }],
          inputsDuringWindow: { grace: 0, violations: 0 },
          violations: [],
        })
      } finally {
        session?.close()
        await emulator.close()
      }
    },
  )
})
