import { type GateSnapshot, InputGate } from '@livegate/core'
import { holdInput } from '@livegate/genai'
import { describe, expect, it } from 'vitest'
import { brokenPromises, verdictOf } from '../src/check.ts'
import { documentOf } from '../src/document.ts'
import { Journal } from '../src/journal.ts'
import { cuesOf, inputOf } from '../src/microphone.ts'
import type { Mode } from '../src/mode.ts'
import { type ModeReport, measure } from '../src/report.ts'
import type { ServerFacts } from '../src/server.ts'
import { type Speech, samplesPerFrame } from '../src/speech.ts'
import type { Take } from '../src/take.ts'

/** Ten different frames, with two utterances of three frames each. */
const speech: Speech = {
  frames: Array.from({ length: 10 }, (_, frame) => new Int16Array(samplesPerFrame).fill(frame)),
  levels: [],
  utterances: [
    { firstFrame: 1, endFrame: 4 },
    { firstFrame: 6, endFrame: 9 },
  ],
  durationMs: 200,
}

function samplesOf(...frames: readonly number[]): Int16Array {
  return Int16Array.from(frames.flatMap((frame) => [...(speech.frames[frame] ?? [])]))
}

function turn(firstFrame: number, frames: number, endMs: number | undefined): ServerFacts['turns'][number] {
  const firstSample = firstFrame * samplesPerFrame
  return { source: 'brackets', startMs: 0, endMs, firstSample, samples: frames * samplesPerFrame }
}

/** A server that received everything and answered correctly. */
const wellServed: ServerFacts = {
  closed: undefined,
  audio: samplesOf(1, 2, 3, 6, 7, 8),
  signals: ['activityStart', 'activityEnd', 'activityStart', 'activityEnd'],
  turns: [turn(0, 3, 80), turn(3, 3, 180)],
  brackets: { starts: 2, ends: 2, open: false, balanced: true },
  window: { grace: 0, violations: 0 },
  violations: [],
  toolCalls: 1,
  toolResponses: 1,
  repliesEndedAtMs: [250],
}

/** A whole conversation through an open gate, in which `see` adds what the client sees. */
function takeWith(
  server: ServerFacts | undefined,
  mode: Mode = 'push-to-talk',
  see: (journal: Journal, at: (ms: number) => void) => void = () => {},
): Take {
  let now = 0
  const journal = new Journal(() => now)
  const gate = new InputGate({ send: () => {}, policy: holdInput() })
  for (const cue of cuesOf(speech, mode).flat()) {
    journal.offered(cue, gate.offer(inputOf(cue) as Parameters<typeof gate.offer>[0]).status)
  }
  see(journal, (ms) => {
    now = ms
  })
  journal.end()
  return { mode, journal, gate: gate.snapshot(), server }
}

describe('the measures of an act', () => {
  it('are those of the server', () => {
    const server: ServerFacts = {
      ...wellServed,
      audio: samplesOf(1, 2, 3, 8),
      signals: ['activityStart', 'activityEnd', 'activityEnd'],
      turns: [turn(0, 3, 80)],
    }
    expect(measure(takeWith(server), speech)).toEqual({
      mode: 'push-to-talk',
      session: { alive: true },
      speech: { offeredMs: 120, receivedMs: 80, lostMs: 40, lostSpokenMs: 40 },
      signals: { offered: 4, received: 3, lost: ['activityStart'] },
      turns: { spoken: 2, understood: 1, lastEnded: false, answered: false },
      window: { grace: 0, violations: 0 },
      toolResponses: 1,
      timeline: [
        { lane: 'mic', state: 'sent', fromMs: 20, toMs: 80 },
        { lane: 'mic', state: 'lost', fromMs: 120, toMs: 160 },
        { lane: 'mic', state: 'sent', fromMs: 160, toMs: 180 },
        { lane: 'mic', state: 'activityStart', atMs: 20, fate: 'sent' },
        { lane: 'mic', state: 'activityEnd', atMs: 80, fate: 'sent' },
        { lane: 'mic', state: 'activityStart', atMs: 120, fate: 'lost' },
        { lane: 'mic', state: 'activityEnd', atMs: 180, fate: 'sent' },
      ],
    })
  })

  it('do not count an incomplete turn as understood', () => {
    const server = {
      ...wellServed,
      audio: samplesOf(1, 2, 3, 7, 8),
      turns: [turn(0, 3, 80), turn(3, 2, 180)],
    }
    const expected = { spoken: 2, understood: 1, lastEnded: true, answered: true }
    expect(measure(takeWith(server), speech).turns).toEqual(expected)
  })

  /** Hands-free, the server detects a turn for each utterance. */
  const handsFree = (received: readonly number[], turns: ServerFacts['turns']): ModeReport => {
    const server = { ...wellServed, audio: samplesOf(...received), signals: [], turns }
    return measure(takeWith(server, 'hands-free'), speech)
  }
  const all = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]

  it.each<[string, readonly number[], ServerFacts['turns'], Partial<ModeReport['turns']>]>([
    ['that are heard', all, [turn(1, 3, 80), turn(6, 3, 180)], {}],
    ['of which the beginning is heard', all, [turn(1, 1, 80), turn(6, 1, 180)], {}],
    ['of which the end is heard', all, [turn(3, 1, 80), turn(8, 1, 180)], {}],
    ['behind a noise', all, [turn(0, 1, 20), turn(1, 3, 80), turn(5, 1, undefined), turn(6, 3, 180)], {}],
    ['in one turn', all, [turn(1, 8, 180)], { understood: 1, lastEnded: false, answered: false }],
    ['of which the first is lost', [6, 7, 8], [turn(0, 3, 180)], { understood: 1 }],
    [
      'of which the last goes on',
      all,
      [turn(1, 3, 80), turn(6, 3, undefined)],
      { lastEnded: false, answered: false },
    ],
  ])('are those of utterances %s', (_, received, turns, expected) => {
    expect(handsFree(received, turns).turns).toEqual({
      spoken: 2,
      understood: 2,
      lastEnded: true,
      answered: true,
      ...expected,
    })
  })

  it.each([
    [[180], false],
    [[181], true],
    [[100, 250], true],
    [[], false],
  ])('count the last turn as answered if a reply ends after it: %j, %s', (repliesEndedAtMs, answered) => {
    expect(measure(takeWith({ ...wellServed, repliesEndedAtMs }), speech).turns.answered).toBe(answered)
  })

  it('tell how much of the loss was speech', () => {
    const { speech: lost } = handsFree([1, 2, 6, 7, 8], [])
    expect(lost).toEqual({ offeredMs: 200, receivedMs: 100, lostMs: 100, lostSpokenMs: 20 })
  })

  it('have the end of the session in whole milliseconds, and what was held', () => {
    const closed = { code: 1008, reason: 'no', by: 'server' } as const
    const take = takeWith({ ...wellServed, closed }, 'push-to-talk', (journal, at) => {
      at(90.4)
      journal.toolStarted()
      at(120.6)
      journal.offered({ kind: 'audio', frame: 1, samples: samplesOf(1) }, 'held')
      journal.closed(1008, 'no')
    })
    const { session, timeline } = measure(
      { ...take, server: { ...wellServed, audio: samplesOf(1, 2, 3, 6, 7, 8, 1), closed } },
      speech,
    )
    expect(session).toEqual({ alive: false, code: 1008, reason: 'no', atMs: 121 })
    expect(
      timeline.filter((entry) => entry.state === 'held' || entry.lane === 'session' || entry.lane === 'tool'),
    ).toEqual([
      { lane: 'mic', state: 'held', fromMs: 20, toMs: 40 },
      { lane: 'session', state: 'closed', atMs: 121, code: 1008, reason: 'no' },
      { lane: 'tool', state: 'running', fromMs: 90, toMs: 121 },
    ])
  })

  it('have the end of a session even if the client did not hear of it', () => {
    const closed = { code: 1008, reason: 'no', by: 'server' } as const
    const take = takeWith({ ...wellServed, closed }, 'push-to-talk', (_, at) => at(300.2))
    const expected = { alive: false, code: 1008, reason: 'no', atMs: 300 }
    expect(measure(take, speech).session).toEqual(expected)
  })

  it.each<[string, Parameters<typeof takeWith>[2], Partial<ModeReport>]>([
    ['in full', () => {}, {}],
    [
      'and answered',
      (journal, at) => {
        at(180.5)
        journal.heard({ serverContent: { turnComplete: true } } as Parameters<Journal['heard']>[0])
      },
      { turns: { spoken: 2, understood: null, lastEnded: null, answered: true } },
    ],
    [
      'and not answered behind the last word',
      (journal, at) => {
        at(180)
        journal.heard({ serverContent: { turnComplete: true } } as Parameters<Journal['heard']>[0])
      },
      {},
    ],
    [
      'and closed',
      (journal, at) => {
        at(200.4)
        journal.closed(1011, 'no')
      },
      { session: { alive: false, code: 1011, reason: 'no', atMs: 200 } },
    ],
  ])('are unknown if the server does not tell: %s', (_, see, expected) => {
    const { timeline: __, ...report } = measure(takeWith(undefined, 'push-to-talk', see), speech)
    expect(report).toEqual({
      mode: 'push-to-talk',
      session: { alive: true },
      speech: { offeredMs: 120, receivedMs: null, lostMs: null, lostSpokenMs: null },
      signals: { offered: 4, received: null, lost: null },
      turns: { spoken: 2, understood: null, lastEnded: null, answered: false },
      window: null,
      toolResponses: null,
      ...expected,
    })
  })
})

describe("the check of Livegate's act", () => {
  const broken = (policy: 'hold' | 'drop' | 'pass', change: Partial<ServerFacts>): readonly string[] => {
    const take = takeWith({ ...wellServed, ...change })
    return brokenPromises(policy, take, measure(take, speech))
  }
  const closed = { code: 1008, reason: '', by: 'server' } as const

  it.each(['hold', 'drop', 'pass'] as const)('passes with --policy %s if all went well', (policy) => {
    expect(broken(policy, {})).toEqual([])
  })

  const notAsOffered = 'the server did not receive exactly the samples that were offered'
  const unanswered = 'the last question was not answered'
  it.each<[string, Partial<ServerFacts>, readonly string[]]>([
    ['closes', { closed }, ['the session was closed with 1008']],
    [
      'hears frames in another order',
      { audio: samplesOf(1, 2, 3, 6, 8, 7) },
      [notAsOffered, 'of 2 turns the server understood 1'],
    ],
    ['hears more than was said', { audio: samplesOf(1, 2, 3, 6, 7, 8, 8) }, [notAsOffered]],
    [
      'has no signal',
      { signals: ['activityStart', 'activityEnd', 'activityEnd'] },
      ['of 4 signals 3 arrived'],
    ],
    ['has a signal more', { signals: [...wellServed.signals, 'activityEnd'] }, ['of 4 signals 5 arrived']],
    [
      'has another signal',
      { signals: ['activityStart', 'activityEnd', 'activityStart', 'audioStreamEnd'] },
      ['of 4 signals 4 arrived'],
    ],
    [
      'objects',
      { violations: ['audio while a call is pending'] },
      ['the server saw a violation: audio while a call is pending'],
    ],
    [
      'has input in the window',
      { window: { grace: 0, violations: 1 } },
      ['the server saw a violation: input while a call is pending'],
    ],
    [
      'has brackets that do not fit',
      { brackets: { starts: 2, ends: 2, open: false, balanced: false } },
      ['the activity brackets are not balanced'],
    ],
    [
      'has a bracket that is open',
      { brackets: { starts: 2, ends: 1, open: true, balanced: true } },
      ['the activity brackets are not balanced'],
    ],
    [
      'has a turn that goes on',
      { turns: [turn(0, 3, 80), turn(3, 3, undefined)] },
      ['of 2 turns the server understood 2, and the last has no end', unanswered],
    ],
    ['has no answer to a call', { toolResponses: 0 }, ['of 1 calls 0 were answered']],
    ['has no reply', { repliesEndedAtMs: [100] }, [unanswered]],
  ])('fails for a server that %s', (_, change, sentences) => {
    expect(broken('hold', change)).toEqual(sentences.map((sentence) => `push-to-talk: ${sentence}`))
  })

  const withGate = (
    policy: 'hold' | 'drop' | 'pass',
    server: ServerFacts | undefined,
    change: Partial<GateSnapshot>,
  ) => {
    const take = takeWith(server)
    if (!take.gate) throw new Error('it has a gate')
    return brokenPromises(policy, { ...take, gate: { ...take.gate, ...change } }, measure(take, speech))
  }
  it.each([
    ['hold', wellServed, ['push-to-talk: the gate is shut at the end']],
    ['drop', wellServed, ['push-to-talk: the gate is shut at the end']],
    ['pass', wellServed, []],
    ['hold', undefined, ['push-to-talk: the gate is shut at the end', `push-to-talk: ${unanswered}`]],
    ['drop', undefined, ['push-to-talk: the gate is shut at the end']],
    ['pass', undefined, []],
  ] as const)('fails for a gate that is shut with --policy %s', (policy, server, sentences) => {
    expect(withGate(policy, server, { status: 'shut' })).toEqual(sentences)
  })

  it.each([
    [{ offered: 6, sent: 2, held: 1, dropped: { policy: 2, overflow: 1 } }, []],
    [
      { offered: 6, sent: 4, held: 1, dropped: {} },
      ['push-to-talk: 6 audio were offered, but the gate accounts for 5'],
    ],
    [
      { offered: 5, sent: 6, held: 0, dropped: {} },
      ['push-to-talk: 6 audio were offered, but the gate accounts for 6'],
    ],
  ])(
    'G5: holds the gate to account for all that was offered, whatever the policy: %j',
    (audio, sentences) => {
      const { counters } = new InputGate({ send: () => {}, policy: holdInput() }).snapshot()
      const signal = { offered: 2, sent: 2, held: 0, dropped: {} }
      const change = { ...counters, audio, activityStart: signal, activityEnd: signal }
      expect(withGate('pass', wellServed, { counters: change })).toEqual(sentences)
    },
  )

  it('fails when more is lost than was reported as dropped', () => {
    expect(broken('drop', { audio: samplesOf(1, 2, 3, 6, 7) })).toEqual([
      'push-to-talk: 20 ms of audio were lost, but 0 ms reported as dropped',
    ])
  })

  it('accepts that the session ends if nothing was gated', () => {
    expect(broken('pass', { closed })).toEqual([])
  })
})

describe('the verdict', () => {
  const report = (lostMs: number | null, alive: boolean): ModeReport => {
    const { speech: measured, ...rest } = measure(takeWith(wellServed), speech)
    const closed = { alive: false, code: 1008, reason: '', atMs: 1 } as const
    return { ...rest, speech: { ...measured, lostMs }, session: alive ? { alive } : closed }
  }
  it.each<[Parameters<typeof verdictOf>[0], readonly ModeReport[], readonly string[], string]>([
    ['hold', [report(0, true)], ['one', 'another'], 'Livegate broke its promise: one; another.'],
    [
      'hold',
      [report(null, true)],
      [],
      'Livegate kept its promise as far as a client can know: the session lives, the gate is open, and every input is accounted for.',
    ],
    [
      'hold',
      [report(0, true)],
      [],
      'Livegate kept its promise: every sample arrived, in order, and the server understood every turn to its end.',
    ],
    [
      'drop',
      [report(20, true), report(40, true)],
      [],
      'Livegate kept its promise: the sessions live, and it reported all 60 ms that it dropped.',
    ],
    [
      'pass',
      [report(20, true), report(40, false)],
      [],
      'Livegate kept its promise for --policy pass: every input is accounted for. Nothing was gated, so the server closed 1 of 2 sessions, as expected.',
    ],
  ])('with --policy %s', (policy, reports, broken, sentence) => {
    expect(verdictOf(policy, reports, broken)).toBe(sentence)
  })
})

describe('the document', () => {
  const options = { policy: 'hold', toolMs: 1500, server: { kind: 'emulator' }, json: true } as const
  it.each([
    [undefined, [], { file: 'speech/weather.wav', held: true }],
    ['a.wav', ['the gate is shut'], { file: 'a.wav', held: false }],
  ])('of %s, with %j broken', (file, broken, { held, ...said }) => {
    expect(documentOf({ ...options, file }, speech, { acts: [], broken })).toEqual({
      server: 'emulator',
      speech: { ...said, durationMs: 200 },
      toolMs: 1500,
      policy: 'hold',
      acts: [],
      held,
      broken,
    })
  })
})
