import { describe, expect, it } from 'vitest'
import type { Fact } from '../src/trace/fact.ts'
import { readTrace, type Trace, TraceError, writeTrace } from '../src/trace/trace.ts'
import { type TraceEvent, toTraceEvents } from '../src/trace/trace-events.ts'

const facts: readonly Fact[] = [
  { atMs: 0, type: 'connecting', epoch: 1 },
  { atMs: 10.25, type: 'set-up', epoch: 1 },
  { atMs: 20, type: 'offered', kind: 'audio', fate: 'sent', durationMs: 20, level: 0.25 },
  { atMs: 30, type: 'called', id: 'a', name: 'get_weather', args: { city: 'Dublin' } },
  { atMs: 30, type: 'gate-shut', hold: 'tool-call', id: 'a' },
  { atMs: 90, type: 'closed', epoch: 1, code: 1008, reason: 'not now' },
]

const trace: Trace = {
  way: 'hold',
  server: 'emulator',
  model: 'gemini-2.5',
  toolMs: 1500,
  facts,
  outcome: { spokenMs: 20, heardMs: 20, calls: 1, answered: 0, end: { kind: 'alive' } },
}

describe('a trace', () => {
  it('that is written can be read', () => {
    expect(readTrace(writeTrace(trace))).toEqual(trace)
    const outcome = { spokenMs: 20, heardMs: null, calls: 0, answered: 0, end: { kind: 'stopped' } } as const
    const google: Trace = { ...trace, server: 'google', outcome }
    expect(readTrace(writeTrace(google))).toEqual(google)
    expect(readTrace(writeTrace({ ...trace, outcome: undefined }))).toEqual({ ...trace, outcome: undefined })
  })

  const change = (fields: object): string => JSON.stringify({ ...JSON.parse(writeTrace(trace)), ...fields })
  it.each([
    ['no JSON', 'This is no trace: the file is no JSON. Choose a file that “Save” made.'],
    ['null', 'This is no trace of Livegate. Choose a file that “Save” made.'],
    ['{"traceEvents":[]}', 'This is no trace of Livegate. Choose a file that “Save” made.'],
    [change({ version: 9 }), 'This trace has version 9; this page reads version 1.'],
    [change({ way: 'other' }), 'This trace is damaged: “way” is missing or wrong.'],
    [change({ server: 'other' }), 'This trace is damaged: “server” is missing or wrong.'],
    [change({ model: 1 }), 'This trace is damaged: “model” is missing or wrong.'],
    [change({ toolMs: '1' }), 'This trace is damaged: “toolMs” is missing or wrong.'],
    [change({ outcome: null }), 'This trace is damaged: “outcome” is missing or wrong.'],
    [
      change({ outcome: { ...trace.outcome, end: {} } }),
      'This trace is damaged: “outcome” is missing or wrong.',
    ],
    [
      change({ outcome: { ...trace.outcome, calls: '1' } }),
      'This trace is damaged: “outcome” is missing or wrong.',
    ],
    [change({ facts: {} }), 'This trace is damaged: “facts” is missing or wrong.'],
    [change({ facts: [null] }), 'This trace is damaged: “facts” is missing or wrong.'],
    [change({ way: undefined }), 'This trace is damaged: “way” is missing or wrong.'],
    [
      change({ outcome: { ...trace.outcome, end: { kind: 'other' } } }),
      'This trace is damaged: “outcome” is missing or wrong.',
    ],
    [change({ facts: [{ atMs: 1 }] }), 'This trace is damaged: “facts” is missing or wrong.'],
    [change({ facts: [...facts, null] }), 'This trace is damaged: “facts” is missing or wrong.'],
    [change({ facts: [{ type: 'set-up' }] }), 'This trace is damaged: “facts” is missing or wrong.'],
  ])('is refused: %s', (text, message) => {
    expect(() => readTrace(text)).toThrow(new TraceError(message))
  })
})

/** What the Trace Event format asks of an event, by its phase; `ts` and `dur` are microseconds. */
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

  it('has the shape that the Trace Event format asks for', () => {
    expect(Object.keys(file)).toEqual(['traceEvents', 'displayTimeUnit', 'otherData'])
    expect(file.traceEvents.map(problemOf).filter((problem) => problem !== undefined)).toEqual([])
    expect(JSON.parse(JSON.stringify(file))).toEqual(file)
  })

  it('says whose results these are', () => {
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

  it('has what happened, in order of time, in microseconds', () => {
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
        args: { epoch: '1', state: 'waits for the setup' },
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

  it('lets what goes on end with the trace', () => {
    const open = toTraceEvents({ ...trace, facts: facts.slice(0, 3) }).traceEvents
    expect(open.find(({ name }) => name === 'epoch 1')).toMatchObject({ ts: 10_250, dur: 29_750 })
  })
})
