import { describe, expect, it } from 'vitest'
import type { Fact } from '../src/trace/fact.ts'
import { readTrace, type Trace, TraceError, writeTrace } from '../src/trace/trace.ts'
import { type TraceEvent, toTraceEvents } from '../src/trace/trace-events.ts'
import type { Outcome } from '../src/trace/verdict.ts'

const facts: readonly Fact[] = [
  { atMs: 0, type: 'connecting', epoch: 1 },
  { atMs: 10.25, type: 'set-up', epoch: 1 },
  { atMs: 20, type: 'offered', kind: 'audio', fate: 'sent', durationMs: 20, level: 0.25 },
  { atMs: 30, type: 'called', id: 'a', name: 'get_weather', args: { city: 'Dublin' } },
  { atMs: 30, type: 'gate-shut', hold: 'tool-call', id: 'a' },
  { atMs: 90, type: 'closed', epoch: 1, code: 1008, reason: 'not now' },
]

/** Facts of every type, with and without every optional field. */
const allFacts: readonly Fact[] = [
  ...facts,
  { atMs: 91, type: 'closed', epoch: 1, reason: '' },
  { atMs: 92, type: 'offered', kind: 'text', fate: 'held', reason: 'tool-call', durationMs: 0, level: 0 },
  { atMs: 93, type: 'given-up', kind: 'text', reason: 'closed' },
  { atMs: 94, type: 'gate-shut', hold: 'setup' },
  { atMs: 95, type: 'gate-opened' },
  { atMs: 96, type: 'settled', id: 7, as: 'answered' },
  { atMs: 97, type: 'spoke', durationMs: 40 },
  { atMs: 98, type: 'interrupted' },
  { atMs: 99, type: 'turn-complete' },
  { atMs: 100, type: 'transcript', who: 'user', text: '' },
  { atMs: 101, type: 'fault', name: 'cut' },
  { atMs: 102, type: 'never-arrived', ranges: [[0, 3]] },
  { atMs: 0, type: 'forgotten', untilMs: 900_000, frames: 3, durationMs: 60 },
  { atMs: -1, type: 'server-heard', durationMs: 20 },
  { atMs: 103, type: 'server-turn', index: 0, source: 'speech', startMs: -2 },
  { atMs: 104, type: 'server-turn', index: 0, source: 'speech', startMs: -2, endMs: 5 },
  { atMs: 105, type: 'server-answered', name: 'get_weather', idWas: 'pending' },
  { atMs: 106, type: 'server-objected', reason: 'no' },
  { atMs: 107, type: 'server-closed', code: 1008, reason: 'no', by: 'server' },
]

const good: Outcome = {
  spokenMs: 20,
  heardMs: 20,
  texts: 0,
  lostTexts: 0,
  calls: 1,
  answered: 0,
  end: { kind: 'alive' },
}

const trace: Trace = {
  way: 'hold',
  server: 'emulator',
  model: 'gemini-2.5',
  toolMs: 1500,
  facts,
  outcome: good,
}

describe('a trace', () => {
  it('that is written can be read', () => {
    expect(readTrace(writeTrace(trace))).toEqual(trace)
    const outcome = { ...good, heardMs: null, end: { kind: 'stopped' } } as const
    const google: Trace = { ...trace, server: 'google', outcome }
    expect(readTrace(writeTrace(google))).toEqual(google)
    const refused: Trace = { ...trace, outcome: { ...good, end: { kind: 'refused', reason: '' } } }
    expect(readTrace(writeTrace(refused))).toEqual(refused)
    expect(readTrace(writeTrace({ ...trace, outcome: undefined }))).toEqual({ ...trace, outcome: undefined })
  })

  const change = (fields: object): string => JSON.stringify({ ...JSON.parse(writeTrace(trace)), ...fields })
  it.each([
    ['no JSON', 'This is not a trace: the file is not JSON. Choose a file that “Save” made.'],
    ['null', 'This is not a trace of Livegate. Choose a file that “Save” made.'],
    ['{"traceEvents":[]}', 'This is not a trace of Livegate. Choose a file that “Save” made.'],
    [
      change({ version: 9 }),
      'This trace was saved by another version of the page, in format 9. This page reads format 1.',
    ],
    [change({ version: '9' }), 'This trace is damaged: “version” is missing or wrong.'],
    [change({ way: 'other' }), 'This trace is damaged: “way” is missing or wrong.'],
    [change({ server: 'other' }), 'This trace is damaged: “server” is missing or wrong.'],
    [change({ model: 1 }), 'This trace is damaged: “model” is missing or wrong.'],
    [change({ toolMs: '1' }), 'This trace is damaged: “toolMs” is missing or wrong.'],
    [change({ toolMs: -1 }), 'This trace is damaged: “toolMs” is missing or wrong.'],
    [change({ outcome: null }), 'This trace is damaged: “outcome” is missing or wrong.'],
    [change({ facts: {} }), 'This trace is damaged: “facts” is missing or wrong.'],
    [change({ way: undefined }), 'This trace is damaged: “way” is missing or wrong.'],
  ])('is refused: %s', (text, message) => {
    expect(() => readTrace(text)).toThrow(new TraceError(message))
  })

  it.each<[string, object, string]>([
    ['calls', { calls: '1' }, 'of the outcome'],
    ['heardMs', { heardMs: undefined }, 'of the outcome'],
    ['spokenMs', { spokenMs: null }, 'of the outcome'],
    ['lostTexts', { lostTexts: -1 }, 'of the outcome'],
    ['end', { end: undefined }, 'of the outcome'],
    ['kind', { end: {} }, 'of the outcome’s end'],
    ['kind', { end: { kind: 'other' } }, 'of the outcome’s end'],
    ['code', { end: { kind: 'closed' } }, 'of the outcome’s end'],
    ['atMs', { end: { kind: 'closed', code: 1008, reason: '' } }, 'of the outcome’s end'],
    ['reason', { end: { kind: 'refused' } }, 'of the outcome’s end'],
  ])('is refused if “%s” of its outcome is wrong: %j', (field, wrong, where) => {
    const text = change({ outcome: { ...good, ...wrong } })
    expect(() => readTrace(text)).toThrow(
      new TraceError(`This trace is damaged: “${field}” ${where} is missing or wrong.`),
    )
  })

  it('may have facts of every type', () => {
    const whole: Trace = { ...trace, facts: allFacts }
    expect(readTrace(writeTrace(whole))).toEqual(whole)
  })

  it.each<[string, unknown, string]>([
    ['type', null, 'fact 2'],
    ['type', 'called', 'fact 2'],
    ['type', { atMs: 1 }, 'fact 2'],
    ['type', { atMs: 1, type: 'other' }, 'fact 2'],
    ['type', { atMs: 1, type: 'toString' }, 'fact 2'],
    ['atMs', { type: 'set-up', epoch: 1 }, 'fact 2 (set-up)'],
    ['atMs', { type: 'set-up', epoch: 1, atMs: null }, 'fact 2 (set-up)'],
    ['id', { type: 'called', atMs: 1 }, 'fact 2 (called)'],
    ['args', { type: 'called', atMs: 1, id: 'a', name: 'b', args: null }, 'fact 2 (called)'],
    ['fate', { type: 'offered', atMs: 1, kind: 'audio' }, 'fact 2 (offered)'],
    ['kind', { type: 'offered', atMs: 1, kind: 'toString', fate: 'sent' }, 'fact 2 (offered)'],
    [
      'reason',
      { type: 'offered', atMs: 1, kind: 'audio', fate: 'sent', durationMs: 0, level: 0, reason: 1 },
      'fact 2 (offered)',
    ],
    ['durationMs', { type: 'spoke', atMs: 1, durationMs: -1 }, 'fact 2 (spoke)'],
    ['who', { type: 'transcript', atMs: 1 }, 'fact 2 (transcript)'],
    ['reason', { type: 'closed', atMs: 1, epoch: 1, code: 1006 }, 'fact 2 (closed)'],
    ['hold', { type: 'gate-shut', atMs: 1 }, 'fact 2 (gate-shut)'],
    ['id', { type: 'gate-shut', atMs: 1, hold: 'setup', id: {} }, 'fact 2 (gate-shut)'],
    ['ranges', { type: 'never-arrived', atMs: 1 }, 'fact 2 (never-arrived)'],
    ['ranges', { type: 'never-arrived', atMs: 1, ranges: [[0]] }, 'fact 2 (never-arrived)'],
    ['ranges', { type: 'never-arrived', atMs: 1, ranges: [[0, 1, 2]] }, 'fact 2 (never-arrived)'],
    ['ranges', { type: 'never-arrived', atMs: 1, ranges: [[0, 0.5]] }, 'fact 2 (never-arrived)'],
    ['untilMs', { type: 'forgotten', atMs: 0 }, 'fact 2 (forgotten)'],
    ['frames', { type: 'forgotten', atMs: 0, untilMs: 1, frames: 0.5 }, 'fact 2 (forgotten)'],
    ['index', { type: 'server-turn', atMs: 1 }, 'fact 2 (server-turn)'],
    [
      'endMs',
      { type: 'server-turn', atMs: 1, index: 0, source: 'text', startMs: 1, endMs: null },
      'fact 2 (server-turn)',
    ],
  ])('is refused if “%s” of a fact is wrong: %j', (field, wrong, where) => {
    const text = change({ facts: [facts[0], wrong] })
    expect(() => readTrace(text)).toThrow(
      new TraceError(`This trace is damaged: “${field}” of ${where} is missing or wrong.`),
    )
  })
})

/** The fields that the Trace Event format requires, by phase; `ts` and `dur` are microseconds. */
function problemOf(event: TraceEvent & { readonly ts?: number; readonly dur?: number }): string | undefined {
  const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) >= 0
  if (typeof event.name !== 'string' || event.name === '') return 'no name'
  if (!isCount(event.pid) || !isCount(event.tid)) return 'no pid or tid'
  switch (event.ph) {
    case 'M':
      if (!['process_name', 'thread_name', 'thread_sort_index'].includes(event.name))
        return 'unknown metadata'
      return event.args.name === undefined && event.args.sort_index === undefined ? 'no argument' : undefined
    case 'X':
      return isCount(event.ts) && isCount(event.dur) ? undefined : 'no ts or dur'
    case 'i':
      return isCount(event.ts) && event.s === 't' ? undefined : 'no ts or scope'
    case 'C':
      return isCount(event.ts) && Object.values(event.args).every(Number.isFinite) ? undefined : 'no numbers'
    default:
      return 'unknown phase'
  }
}

describe('the export', () => {
  const file = toTraceEvents(trace)

  it('has the shape that the Trace Event format requires', () => {
    expect(Object.keys(file)).toEqual(['traceEvents', 'displayTimeUnit', 'otherData'])
    expect(file.traceEvents.map(problemOf).filter((problem) => problem !== undefined)).toEqual([])
    expect(JSON.parse(JSON.stringify(file))).toEqual(file)
  })

  it('names the server of the results', () => {
    const [process] = file.traceEvents
    expect(process?.args).toEqual({ name: 'Livegate: Livegate (emulator, gemini-2.5)' })
    const [ofGoogle] = toTraceEvents({ ...trace, way: 'flag', server: 'google', model: 'm' }).traceEvents
    expect(ofGoogle?.args).toEqual({ name: 'Livegate: Boolean flag (Google, m)' })
    expect(file.otherData).toEqual({ way: 'hold', server: 'emulator', model: 'gemini-2.5' })
  })

  it('has a thread for each lane', () => {
    const names = file.traceEvents.flatMap(({ name, tid, args }) =>
      name === 'thread_name' ? [[tid, args.name]] : [],
    )
    expect(names).toEqual([
      [1, 'Microphone'],
      [2, 'Server heard'],
      [3, 'Turns'],
      [4, 'Gate'],
      [5, 'Tool calls'],
      [6, 'Model'],
      [7, 'Connection'],
    ])
  })

  it('has further threads for items that overlap, because the events of one must nest', () => {
    const called = (atMs: number, id: string): Fact => ({ atMs, type: 'called', id, name: id, args: {} })
    const settled = (atMs: number, id: string): Fact => ({ atMs, type: 'settled', id, as: 'answered' })
    const { traceEvents } = toTraceEvents({
      ...trace,
      facts: [
        called(0, 'a'),
        called(10, 'b'),
        settled(20, 'a'),
        called(20, 'c'),
        settled(30, 'b'),
        settled(40, 'c'),
      ],
    })
    const spans = traceEvents.flatMap((event) =>
      event.ph === 'X' ? [[event.name, event.tid, event.ts, event.ts + event.dur]] : [],
    )
    expect(spans).toEqual([
      ['a', 5, 0, 20_000],
      ['b', 12, 10_000, 30_000],
      ['c', 5, 20_000, 40_000],
    ])
    expect(traceEvents.filter(({ tid }) => tid === 12 || tid === 5).map(({ args }) => args)).toEqual(
      expect.arrayContaining([{ name: 'Tool calls' }, { name: 'Tool calls 2' }, { sort_index: 5 }]),
    )
  })

  it('has the events in order of time, in microseconds', () => {
    const events = file.traceEvents.filter(({ ph }) => ph !== 'M')
    expect(events).toEqual([
      {
        ph: 'X',
        name: 'connecting',
        cat: 'connection,connecting',
        pid: 1,
        tid: 7,
        ts: 0,
        dur: 10_250,
        args: { epoch: '1', state: 'waiting for the setup' },
      },
      {
        ph: 'X',
        name: 'epoch 1',
        cat: 'connection,open',
        pid: 1,
        tid: 7,
        ts: 10_250,
        dur: 79_750,
        args: { epoch: '1', state: 'set up' },
      },
      {
        ph: 'X',
        name: 'sent at once',
        cat: 'microphone,sent',
        pid: 1,
        tid: 1,
        ts: 20_000,
        dur: 20_000,
        args: { fate: 'sent at once', frames: '1, 20 ms of sound' },
      },
      { ph: 'C', name: 'Microphone level', pid: 1, tid: 0, ts: 20_000, args: { level: 0.25 } },
      {
        ph: 'X',
        name: 'tool-call',
        cat: 'gate,shut',
        pid: 1,
        tid: 4,
        ts: 30_000,
        dur: 60_000,
        args: { 'held by': 'tool-call', call: 'a' },
      },
      {
        ph: 'X',
        name: 'get_weather: lost',
        cat: 'tools,failed',
        pid: 1,
        tid: 5,
        ts: 30_000,
        dur: 60_000,
        args: { call: 'get_weather({"city":"Dublin"})', state: 'lost', id: 'a' },
      },
      {
        ph: 'i',
        s: 't',
        name: 'closed: 1008',
        cat: 'connection,dead',
        pid: 1,
        tid: 7,
        ts: 90_000,
        args: { 'closed with': '1008', reason: 'not now' },
      },
    ])
  })

  it('ends what is going on with the trace', () => {
    const open = toTraceEvents({ ...trace, facts: facts.slice(0, 3) }).traceEvents
    expect(open.find(({ name }) => name === 'epoch 1')).toMatchObject({ ts: 10_250, dur: 29_750 })
  })
})
