import type * as sdk3 from '@google/genai'
import { type Emulator, startEmulator } from '@livegate/emulator'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { gateLive, type ObservedSession } from '../src/index.ts'
import { sdks } from './sdks.ts'
import { base64Of, mimeType, until } from './spoken-call.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly effort: number
  }
}

/** A step of a session, on either side. The number of an answer or a cancellation picks one of the pending calls. */
type Step =
  | 'text'
  | 'audio'
  | { readonly call: number }
  | { readonly answer: number }
  | { readonly cancel: number }

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.constantFrom<Step>('text', 'audio'),
    fc.record({ call: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ answer: fc.nat(3) }),
    fc.record({ cancel: fc.nat(3) }),
  ),
  { maxLength: 30 },
)

/** The number of sessions with each SDK. */
const sessions = 300 * inject('effort')

describe.each(sdks)('sessions of @google/genai %s, gated in place', (_, sdk) => {
  let emulator: Emulator
  let ai: sdk3.GoogleGenAI
  let observed: ObservedSession | undefined
  let ungate = (): void => {}

  beforeAll(async () => {
    emulator = await startEmulator({ graceMs: 0, script: [{ silent: true }] })
    ai = new sdk.GoogleGenAI({ apiKey: 'test-key', httpOptions: { baseUrl: emulator.url } })
    ungate = gateLive(ai, {
      onEvent: (_event, session) => {
        observed = session
      },
    })
  })

  afterAll(async () => {
    ungate()
    await emulator.close()
  })

  /** Plays the steps, waiting for messages to arrive; then answers the remaining calls and compares what both ends saw. */
  async function play(steps: readonly Step[]): Promise<void> {
    let toldOf = 0
    const pending: string[] = []
    const said = { text: [] as string[], audio: [] as number[] }
    const answered: string[] = []
    const callbacks = {
      onmessage: ({ toolCall, toolCallCancellation }: sdk3.LiveServerMessage) => {
        toldOf += (toolCall?.functionCalls ?? toolCallCancellation?.ids ?? []).length
      },
    }
    const session = await ai.live.connect({ model: 'gemini-2.5-flash-native-audio', callbacks })
    const server = emulator.sessions.at(-1)
    if (!server) throw new Error('the emulator saw no session')
    const counters = () => {
      const { text, audio } = observed?.snapshot().gate.counters ?? {}
      return { text, audio }
    }
    const hasArrived = () =>
      server.receivedSignals().length === counters().text?.sent &&
      server.receivedAudio().length === (counters().audio?.sent ?? 0) * 800 &&
      server.toolResponses.length === answered.length
    const arrival = () => until(() => hasArrived() || server.closed !== undefined)
    const answer = (id: string): void => {
      session.sendToolResponse({ functionResponses: { id, response: {} } })
      answered.push(id)
    }
    for (const step of steps) {
      if (step === 'text') {
        said.text.push(`text ${said.text.length}`)
        session.sendRealtimeInput({ text: said.text.at(-1) ?? '' })
      } else if (step === 'audio') {
        said.audio.push(said.audio.length + 1)
        session.sendRealtimeInput({ audio: { data: base64Of(said.audio.length), mimeType } })
      } else {
        await arrival()
        const before = toldOf
        if ('call' in step) {
          const calls = Array.from({ length: step.call }, () => ({ name: 'get_weather' }))
          pending.push(...server.callTools(calls))
          await until(() => toldOf === before + step.call || server.closed !== undefined)
        } else {
          const place = 'answer' in step ? step.answer : step.cancel
          const [id] = pending.splice(place % pending.length || 0, 1)
          if (id !== undefined && 'answer' in step) answer(id)
          if (id !== undefined && 'cancel' in step) {
            server.cancelCalls([id])
            await until(() => toldOf === before + 1 || server.closed !== undefined)
          }
        }
      }
      const isShut = observed?.snapshot().gate.status === 'shut'
      expect(isShut).toBe(pending.length > 0)
    }
    for (const id of pending.splice(0)) answer(id)
    await arrival()
    session.close()
    const heard = server.receivedAudio().filter((_sample, index) => index % 800 === 0)
    expect({
      texts: server.receivedSignals().map((signal) => 'text' in signal && signal.text),
      audio: [...heard],
      responses: server.toolResponses.map(({ id, idWas }) => [id, idWas]),
      inputsDuringWindow: server.inputsDuringWindow,
      violations: server.log.filter(({ kind }) => kind === 'violation'),
      counters: counters(),
    }).toEqual({
      texts: said.text,
      audio: said.audio,
      responses: answered.map((id) => [id, 'pending']),
      inputsDuringWindow: { grace: 0, violations: 0 },
      violations: [],
      counters: {
        text: { offered: said.text.length, sent: said.text.length, held: 0, dropped: {} },
        audio: { offered: said.audio.length, sent: said.audio.length, held: 0, dropped: {} },
      },
    })
  }

  it('G1, G2, G5, G6, G7: lose nothing, send nothing in a tool window, and answer each call once', async () => {
    await fc.assert(fc.asyncProperty(steps, play), { numRuns: sessions })
  })
})
