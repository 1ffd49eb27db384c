import { describe, expect, it } from 'vitest'
import type { Fact } from '../src/trace/fact.ts'
import { type Frame, Frames, firstFrom } from '../src/trace/frames.ts'

/** As many frames of 20 ms as one hour has. */
const hour: readonly Frame[] = (() => {
  const frames = new Frames()
  for (let atMs = 0; atMs < 3_600_000; atMs += 20) {
    frames.add({ atMs, type: 'offered', kind: 'audio', fate: 'sent', durationMs: 20, level: 0 })
  }
  return frames.all
})()

it.each([
  [-1, 0],
  [0, 0],
  [1, 1],
  [20, 1],
  [1_800_010, 90_001],
  [3_599_980, 179_999],
  [3_599_981, 180_000],
])('the first frame from %i ms on, of an hour, is found in a few steps', (fromMs, expected) => {
  let reads = 0
  const counted = new Proxy(hour, {
    get(target, name) {
      reads++
      return Reflect.get(target, name)
    },
  })
  expect(firstFrom(counted, fromMs)).toBe(expected)
  expect(reads).toBeLessThan(25)
})

it('without frames the index is 0', () => {
  expect(firstFrom([], 5)).toBe(0)
})

it('frames of late timers follow one another, so that they stay in order of time', () => {
  const frames = new Frames()
  // A page in the background, whose timers fire once a second.
  for (const atMs of [1000, 2000]) {
    for (let frame = 0; frame < 50; frame++) {
      frames.add({ atMs, type: 'offered', kind: 'audio', fate: 'sent', durationMs: 20, level: 0 })
    }
  }
  expect(frames.all.map(({ atMs }) => atMs)).toEqual(
    Array.from({ length: 100 }, (_, frame) => 1000 + frame * 20),
  )
})

describe('frames that wait for hours', () => {
  const manyFrames = 300_000
  const offer = (kind: 'audio' | 'activityStart', reason: string): Fact => ({
    atMs: 0,
    type: 'offered',
    kind,
    fate: 'held',
    reason,
    durationMs: kind === 'audio' ? 20 : 0,
    level: 0,
  })
  const preRoll = offer('audio', 'pre-roll')
  const waiting = offer('audio', 'tool-call')
  const start = offer('activityStart', 'tool-call')
  const opened: Fact = { atMs: 7, type: 'gate-opened' }
  const givenUp = (reason: 'overflow' | 'outside-bracket'): Fact => ({
    atMs: 7,
    type: 'given-up',
    kind: 'audio',
    reason,
  })
  const times = (count: number, fact: Fact): readonly Fact[] => Array.from({ length: count }, () => fact)

  it.each<[string, readonly Fact[], readonly Fact[], Partial<Frame>]>([
    [
      'before a turn begin with it',
      times(manyFrames, preRoll),
      [start, opened],
      { fate: 'replayed', leftMs: 7 },
    ],
    [
      'are dropped one by one',
      times(manyFrames, waiting),
      times(manyFrames, givenUp('overflow')),
      { fate: 'dropped', reason: 'overflow' },
    ],
    [
      'between two turns are forgotten one by one',
      times(manyFrames, preRoll),
      times(manyFrames, givenUp('outside-bracket')),
      { fate: 'idle' },
    ],
  ])('%s', (_, offers, others, expected) => {
    const frames = new Frames()
    for (const fact of [...offers, ...others]) frames.add(fact)
    expect(frames.all.at(0)).toMatchObject(expected)
    expect(frames.runs()).toEqual([{ first: 0, count: manyFrames }])
  })
})
