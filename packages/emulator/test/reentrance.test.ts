import { describe, expect, it } from 'vitest'
import type { EmulatedSession, EmulatorOptions, LogEntry } from '../src/index.ts'
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

/** Responses that break rules, and a fault. */
const doubtfulSteps: readonly ((bench: Bench) => void)[] = [
  (bench) => bench.wait(10_000).send(text('And then?')),
  (bench) => bench.send(withoutNames(bench)),
  (bench) => bench.session.inject({ fault: 'stop-reading', forMs: 1000 }),
  (bench) => bench.wait(2000),
]

/** A response to the latest call, and two to none. */
function withoutNames({ session }: Bench): object {
  const ids = [callsOf(session).at(-1), 'other', 'another']
  return { toolResponse: { functionResponses: ids.map((id) => ({ id, response: {} })) } }
}

const speakingAndCalling = [
  { say: 'A sentence that lasts for a while.', call: [{ name: 'f' }], thenSay: 'It is noon.' },
  { say: 'A sentence that lasts for a while.', call: [{ name: 'g' }], thenSay: 'It is noon.' },
]

const callsOf = (session: EmulatedSession): readonly string[] =>
  session.log.flatMap((entry) =>
    entry.kind === 'sent' && entry.message.type === 'toolCall' ? entry.message.calls.map(({ id }) => id) : [],
  )

const acts: readonly ((session: EmulatedSession) => void)[] = [
  (session) => session.callTools([{ name: 'f' }]),
  (session) => session.callTools([{ name: 'undeclared' }]),
  (session) => session.cancelCalls(callsOf(session)),
]

const cancelledIn = (session: EmulatedSession): readonly string[] =>
  session.log.flatMap((entry) =>
    entry.kind === 'sent' && entry.message.type === 'toolCallCancellation' ? entry.message.ids : [],
  )

/**
 * Answers all calls that were not cancelled, until there is no new one. Returns whether the model then speaks or calls in the next
 * turn.
 */
function answersNextTurn(bench: Bench): boolean {
  for (let calls = -1; calls < callsOf(bench.session).length; ) {
    calls = callsOf(bench.session).length
    const cancelled = cancelledIn(bench.session)
    bench.send(answer(...callsOf(bench.session).filter((id) => !cancelled.includes(id)))).wait(5000)
  }
  const entries = bench.session.log.length
  bench.send(text('And now?')).wait(1000)
  const later = bench.session.log.slice(entries)
  return later.some((entry) => entry.kind === 'sent' && /audio|toolCall/.test(entry.message.type))
}

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
  for (const step of [...steps, ...doubtfulSteps]) if (bench.session.closed === undefined) step(bench)
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
  ])('can do so whatever the model is doing, and the session goes on: %s', (_case, options) => {
    for (const act of acts) {
      const { seen: entries } = actAt(0, act, options)
      for (let entry = 1; entry <= entries; entry++) {
        const { bench } = actAt(entry, act, options)
        expect([bench.session.closed, answersNextTurn(bench)]).toEqual([undefined, true])
        bench.session.disconnected(1005, '')
        expect(bench.clock.pendingTimers).toBe(0)
      }
    }
  })

  it('cancels a call as soon as it is sent, and an answer to it comes too late', () => {
    const onEntry = (entry: LogEntry, session: EmulatedSession) => {
      if (entry.kind !== 'sent' || entry.message.type !== 'toolCall') return
      session.cancelCalls(entry.message.calls.map(({ id }) => id))
    }
    const bench = new Bench({ script, onEntry }).send(begin, text('Hello'))
    expect(bench.wait(200).seen()).toEqual([
      '0 setupComplete',
      '0 toolCall function-call-1 f({})',
      '0 toolCallCancellation function-call-1',
      '0 transcript "It is noon."',
      '0 audio: 6 messages, 13881 samples',
      '100 generationComplete',
    ])
    bench.send(answer('function-call-1'))
    expect(bench.session.toolResponses.map(({ idWas }) => idWas)).toEqual(['cancelled'])
  })

  it('cancels a call that is delivered twice only behind both', () => {
    const onEntry = (entry: LogEntry, session: EmulatedSession) => {
      if (entry.kind !== 'sent' || entry.message.type !== 'toolCall' || entry.message.repeated) return
      session.cancelCalls(entry.message.calls.map(({ id }) => id))
    }
    const bench = new Bench({ script, calls: { delivery: 'twice' }, onEntry }).send(begin, text('Hello'))
    const kinds = bench.frames.map((frame) => /toolCall\w*|functionCall\b/.exec(frame)?.[0])
    expect(kinds.slice(1, 4)).toEqual(['toolCall', 'functionCall', 'toolCallCancellation'])
  })

  it('cancels a call that ends its turn only behind that end', () => {
    let cancelled = false
    const onEntry = (entry: LogEntry, session: EmulatedSession) => {
      if (cancelled || entry.kind !== 'sent' || entry.message.type !== 'generationComplete') return
      cancelled = true
      session.cancelCalls(callsOf(session))
    }
    const bench = new Bench({ script, calls: { endTurn: true }, onEntry }).send(begin, text('Hello'))
    expect(bench.seen()).toEqual([
      '0 setupComplete',
      '0 toolCall function-call-1 f({})',
      '0 generationComplete',
      '0 turnComplete',
      '0 toolCallCancellation function-call-1',
      '0 transcript "It is noon."',
      '0 audio: 1 messages, 2400 samples',
    ])
  })
})
