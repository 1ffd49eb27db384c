import { describe, expect, it } from 'vitest'
import type { Fact, FactOf } from '../src/trace/fact.ts'
import { FrameLedger, rangesOfMissing } from '../src/trace/frame-ledger.ts'

const offered = (fate: 'sent' | 'held' | 'dropped', level = 0.1, reason?: string): FactOf<'offered'> => ({
  atMs: 0,
  type: 'offered',
  kind: 'audio',
  fate,
  durationMs: 20,
  level,
  ...(reason !== undefined && { reason }),
})

describe('the frames that were heard', () => {
  const frames = [
    [1, 2],
    [0, 0],
    [0, 0],
    [3, 4],
    [5, 6],
  ].map((samples) => Int16Array.from(samples))
  it.each<[string, readonly number[], readonly boolean[]]>([
    ['are all of them', [1, 2, 0, 0, 0, 0, 3, 4, 5, 6], [true, true, true, true, true]],
    ['are none', [], [false, false, false, false, false]],
    ['are those before the end', [1, 2, 0, 0], [true, true, false, false, false]],
    ['are those around a gap', [1, 2, 5, 6], [true, false, false, false, true]],
    ['are words even where equal silence is missing', [1, 2, 0, 0, 3, 4], [true, true, false, true, false]],
    [
      'are not those with the same samples in another order',
      [2, 1, 4, 3],
      [false, false, false, false, false],
    ],
    ['are not a part of a frame', [1, 2, 0], [true, false, false, false, false]],
    ['are not frames of which a sample differs', [1, 9, 0, 4], [false, false, false, false, false]],
  ])('%s', (_, received, expected) => {
    const ledger = new FrameLedger()
    for (const samples of frames) ledger.add(samples, offered('sent', 0))
    expect(ledger.compare(Int16Array.from(received)).heard).toEqual(expected)
  })

  /** A turn of push-to-talk whose start is sent at once, or waits. */
  const start = (fate: 'sent' | 'held'): Fact => ({ ...offered(fate), kind: 'activityStart' })
  const open: Fact = { atMs: 9, type: 'gate-opened' }
  const givenUp = (reason: 'overflow' | 'outside-bracket'): Fact => ({
    atMs: 9,
    type: 'given-up',
    kind: 'audio',
    reason,
  })
  const preRoll = offered('held', 0, 'pre-roll')
  const held = offered('held', 0, 'tool-call')
  it.each<[string, readonly Fact[], number, readonly boolean[]]>([
    [
      'those of the pre-roll that left',
      [preRoll, givenUp('outside-bracket'), preRoll, start('sent')],
      1,
      [false, true],
    ],
    ['those of the pre-roll that waited', [preRoll, start('held'), open], 1, [true]],
    ['none of the pre-roll without a turn', [preRoll, preRoll, offered('sent')], 1, [false, false, true]],
    ['those that waited', [held, givenUp('overflow'), held, open], 1, [false, true]],
    ['none that still waits', [held, offered('sent')], 1, [false, true]],
    ['none that was dropped', [offered('dropped', 0, 'policy'), offered('sent')], 1, [false, true]],
  ])('are, among equal ones, %s', (_, facts, count, expected) => {
    const ledger = new FrameLedger()
    for (const fact of facts) {
      if (fact.type === 'offered' && fact.kind === 'audio') ledger.add(new Int16Array(320), fact)
      else ledger.look(fact)
    }
    expect(ledger.compare(new Int16Array(320 * count)).heard).toEqual(expected)
  })

  it.each<[readonly boolean[], readonly (readonly number[])[]]>([
    [[], []],
    [[true, true], []],
    [
      [false, false, true, false],
      [
        [0, 2],
        [3, 1],
      ],
    ],
  ])('%j are missing in ranges %j', (heard, ranges) => {
    expect(rangesOfMissing(heard)).toEqual(ranges)
  })
})

describe('the speech that was heard', () => {
  /** Frames of 20 ms; none has the samples of another. */
  const frames = Array.from({ length: 6 }, (_, index) => new Int16Array(320).fill(index + 1))
  const samplesOf = (indices: readonly number[]): Int16Array =>
    Int16Array.from(indices.flatMap((index) => [...(frames[index] ?? [])]))
  const loud = [0.1, 0.1, 0.1, 0.1, 0, 0]
  it.each<[string, readonly number[], readonly number[] | undefined, object]>([
    ['is all of it', loud, [0, 1, 2, 3, 4, 5], { spokenMs: 80, heardMs: 80 }],
    ['is what arrived of it', loud, [0, 3, 4, 5], { spokenMs: 80, heardMs: 40 }],
    ['does not include silence', loud, [4, 5], { spokenMs: 80, heardMs: 0 }],
    ['is unknown if the server does not say', loud, undefined, { spokenMs: 80, heardMs: null, heard: [] }],
    ['is none where none was said', loud.map(() => 0), [0, 1, 2], { spokenMs: 0, heardMs: 0 }],
  ])('%s', (_, levels, received, expected) => {
    const ledger = new FrameLedger()
    for (const [index, samples] of frames.entries()) ledger.add(samples, offered('sent', levels[index]))
    expect(ledger.compare(received && samplesOf(received))).toMatchObject(expected)
  })
})
