import { describe, expect, it } from 'vitest'
import type { EmulatedSession, EmulatorOptions } from '../src/index.ts'
import {
  activityEnd,
  activityStart,
  answer,
  audio,
  Bench,
  manualMode,
  setup,
  silence,
  text,
} from './bench.ts'

type Options = Omit<EmulatorOptions, 'clock' | 'onEntry'>

const script = [
  { call: [{ name: 'f' }], thenSay: 'It is noon.' },
  { say: 'A sentence that lasts for a while.' },
  { call: [{ name: 'f' }], thenSay: 'It is noon.' },
]

const begin = setup({
  sessionResumption: {},
  outputAudioTranscription: {},
  tools: [{ functionDeclarations: [{ name: 'f', behavior: 'BLOCKING' }] }],
  ...manualMode,
})

const answerToLatest = ({ frames }: Bench) =>
  answer(/"id": "([^"]+)"(?![\s\S]*"id": ")/.exec(frames.join(''))?.[1] ?? '')

/** A session with turns, calls that are answered and cancelled, and an interruption. */
const steps: readonly ((bench: Bench) => void)[] = [
  (bench) => bench.send(begin),
  (bench) => bench.wait(200).send(activityStart, audio(silence(20)), activityEnd),
  (bench) => bench.wait(20).send(answerToLatest(bench)),
  (bench) => bench.wait(2000).send(text('Go on')),
  (bench) => bench.wait(100).send(activityStart, activityEnd),
  (bench) => bench.wait(100).send(text('And?')),
  (bench) => bench.wait(100).send(activityStart),
  (bench) => bench.wait(2000).send(activityEnd, answerToLatest(bench)),
  (bench) => bench.wait(5000),
]

const speakingAndCalling = [
  { say: 'A sentence that lasts for a while.', call: [{ name: 'f' }], thenSay: 'It is noon.' },
  { say: 'A sentence that lasts for a while.', call: [{ name: 'g' }], thenSay: 'It is noon.' },
]

const acts: readonly ((session: EmulatedSession) => void)[] = [
  (session) => session.callTools([{ name: 'f' }]),
  (session) => session.callTools([{ name: 'undeclared' }]),
  (session) =>
    session.cancelCalls(
      session.log.flatMap((entry) =>
        entry.kind === 'sent' && entry.message.type === 'toolCall'
          ? entry.message.calls.map(({ id }) => id)
          : [],
      ),
    ),
]

/** Plays all steps. `onEntry` acts at the entry with this number, if the session can send by then. */
function actAt(entry: number, act: (session: EmulatedSession) => void, options: Options) {
  let seen = 0
  const onEntry = () => {
    const canSend = bench.session.closed === undefined && bench.frames.length > 0
    if (++seen === entry && canSend) act(bench.session)
  }
  const bench: Bench = new Bench({ script, ...options, onEntry })
  for (const step of steps) if (bench.session.closed === undefined) step(bench)
  return { bench, seen }
}

/** Plays until the session ends, which `onEntry` does at the entry with this number. Returns all entries. */
function endAt(entry: number, options: Options) {
  let seen = 0
  let framesAtEnd: number | undefined
  const onEntry = () => {
    seen++
    if (seen !== entry) return
    bench.session.close(1000, '')
    framesAtEnd = bench.frames.length
  }
  const bench: Bench = new Bench({ script, connectionLimit: { afterMs: 60_000 }, ...options, onEntry })
  for (const step of steps) if (bench.session.closed === undefined) step(bench)
  return { bench, seen, framesAtEnd }
}

describe('a session that is ended from within onEntry', () => {
  it.each<[string, Options]>([
    ['gemini-2.5', { inputDuringCall: { action: 'close', probability: 0 } }],
    ['gemini-3.1', { profile: 'gemini-3.1' }],
    ['gemini-3.8', { profile: 'gemini-3.8' }],
    ['vertex', { profile: 'vertex' }],
    ['with calls in speech', { script: speakingAndCalling, inputDuringCall: { action: 'accept' } }],
  ])(
    'sends no more, leaves no timer and has its end as the last entry, whenever it is: %s',
    (_case, options) => {
      const { seen: entries } = endAt(0, options)
      expect(entries).toBeGreaterThan(30)
      for (let entry = 1; entry <= entries; entry++) {
        const { bench, seen, framesAtEnd } = endAt(entry, options)
        const { log, closed } = bench.session
        expect({
          told: seen,
          timers: bench.clock.pendingTimers,
          frames: bench.frames.length,
          end: log.findIndex(({ kind }) => kind === 'close'),
        }).toEqual({ told: log.length, timers: 0, frames: framesAtEnd, end: log.length - 1 })
        expect(closed).toEqual({ code: 1000, reason: '', by: 'server' })
      }
    },
  )
})

describe('a test that calls a function or cancels all calls from within onEntry', () => {
  it.each<[string, Options]>([
    ['gemini-2.5', { inputDuringCall: { action: 'accept' } }],
    ['gemini-3.1', { profile: 'gemini-3.1' }],
    ['gemini-3.8', { profile: 'gemini-3.8' }],
    ['with calls in speech', { script: speakingAndCalling, inputDuringCall: { action: 'accept' } }],
  ])('can do so whatever the model is doing, and ends no session: %s', (_case, options) => {
    for (const act of acts) {
      const { seen: entries } = actAt(0, act, options)
      for (let entry = 1; entry <= entries; entry++) {
        const { bench } = actAt(entry, act, options)
        expect(bench.session.closed).toBeUndefined()
        bench.session.disconnected(1005, '')
        expect(bench.clock.pendingTimers).toBe(0)
      }
    }
  })
})
