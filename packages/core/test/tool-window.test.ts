import { describe, expect, it } from 'vitest'
import type { CallId, FunctionResponse } from '../src/index.ts'
import {
  afterResponse,
  afterTime,
  type CallWindow,
  dueTogether,
  nextWakeMs,
  type Windows,
} from '../src/tool-window.ts'

const [oneBatch, anotherBatch] = ['one batch', 'another']

function windowOf(id: CallId, given: Partial<CallWindow> = {}): CallWindow {
  const call = { id, wireId: id, name: 'f', args: {}, epoch: 1 }
  return {
    call,
    tool: undefined,
    blocks: true,
    batch: oneBatch,
    sinceMs: 0,
    limitMs: 1000,
    stage: 0,
    ...given,
  }
}

function windowsOf(...windows: readonly CallWindow[]): Windows {
  return new Map(windows.map((window) => [window.call.id, window]))
}

const response: FunctionResponse = { name: 'f', response: {} }
const forEver = Number.POSITIVE_INFINITY

describe('time', () => {
  it.each<[string, Windows, number]>([
    ['no call', windowsOf(), forEver],
    ['a call', windowsOf(windowOf('a', { sinceMs: 50 })), 150],
    ['a call that is overdue', windowsOf(windowOf('a', { sinceMs: 50, stage: 1 })), 1050],
    ['a call whose deadline has come', windowsOf(windowOf('a', { stage: 2 })), forEver],
    ['a call that may be pending for ever', windowsOf(windowOf('a', { limitMs: forEver })), forEver],
    ['the first of several', windowsOf(windowOf('a', { stage: 1 }), windowOf('b', { limitMs: 5000 })), 500],
  ])('makes a difference next, with %s', (_, windows, atMs) => {
    expect(nextWakeMs(windows)).toBe(atMs)
  })

  it.each<[number, readonly string[], readonly string[], readonly number[]]>([
    [99, [], [], [0, 0, 0]],
    [100, ['a'], [], [1, 0, 0]],
    [999, ['a', 'b'], [], [1, 1, 0]],
    [1000, ['a', 'b'], ['a'], [2, 1, 0]],
    [5000, ['a', 'b'], ['a', 'b'], [2, 2, 0]],
  ])('G3.4: at %d ms makes these calls overdue: %s, and due: %s', (nowMs, overdue, due, stages) => {
    const windows = windowsOf(
      windowOf('a'),
      windowOf('b', { limitMs: 5000 }),
      windowOf('c', { limitMs: forEver }),
    )
    const after = afterTime(windows, nowMs)
    expect({
      overdue: after.overdue.map(({ call }) => call.id),
      due: after.due.map(({ call }) => call.id),
      stages: [...after.windows.values()].map(({ stage }) => stage),
    }).toEqual({ overdue, due, stages })
    expect(afterTime(after.windows, nowMs)).toMatchObject({ overdue: [], due: [] })
    expect([...windows.values()].map(({ stage }) => stage)).toEqual([0, 0, 0])
  })
})

describe('a response', () => {
  it('is stored with its call, whose place stays the same', () => {
    const [a, b] = [windowOf('a'), windowOf('b')]
    const windows = windowsOf(a, b)
    expect([...afterResponse(windows, a.call, response)]).toEqual([
      ['a', { ...a, response }],
      ['b', b],
    ])
    expect(windows.get('a')?.response).toBeUndefined()
  })

  it.each([
    ['is over', windowOf('z').call],
    ['has given its id to another', windowOf('a').call],
  ])('is not stored for a call that %s', (_, call) => {
    const windows = windowsOf(windowOf('a'))
    expect(afterResponse(windows, call, response)).toBe(windows)
  })
})

describe('what is due of a batch', () => {
  it.each<[string, readonly CallWindow[], readonly CallId[]]>([
    ['nothing, when nothing is ready', [windowOf('a'), windowOf('b')], []],
    ['nothing, when one is missing', [windowOf('a', { response }), windowOf('b')], []],
    ['all, when all are ready', [windowOf('a', { response }), windowOf('b', { response })], ['a', 'b']],
    [
      'what is ready, when the deadline of one that is ready has come',
      [windowOf('a', { response, stage: 2 }), windowOf('b', { response }), windowOf('c')],
      ['a', 'b'],
    ],
    [
      'nothing, when the deadline of one that is not ready has come',
      [windowOf('a', { response }), windowOf('b', { stage: 2 })],
      [],
    ],
    [
      'nothing of another batch',
      [
        windowOf('a', { response }),
        windowOf('b', { batch: anotherBatch }),
        windowOf('c', { batch: anotherBatch, response }),
      ],
      ['a'],
    ],
    ['nothing, when there is none', [], []],
  ])('is %s', (_, windows, due) => {
    expect(dueTogether(windowsOf(...windows), oneBatch).map(({ call }) => call.id)).toEqual(due)
  })
})
