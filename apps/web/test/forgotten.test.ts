import { describe, expect, it } from 'vitest'
import type { Fact } from '../src/trace/fact.ts'
import { forgetFrames, forgottenIn } from '../src/trace/forgotten.ts'
import { lanesOf } from '../src/trace/lanes.ts'

const frame = (atMs: number): Fact => ({
  atMs,
  type: 'offered',
  kind: 'audio',
  fate: 'sent',
  durationMs: 20,
  level: 0.1,
})
const heard = (atMs: number): Fact => ({ atMs, type: 'server-heard', durationMs: 20 })
const forgotten = (untilMs: number, frames: number): Fact => ({
  atMs: 0,
  type: 'forgotten',
  untilMs,
  frames,
  durationMs: frames * 20,
})
/** What decides the result, and the state of the other lanes. */
const others: readonly Fact[] = [
  { atMs: 0, type: 'connecting', epoch: 1 },
  { atMs: 1, type: 'set-up', epoch: 1 },
  { atMs: 2, type: 'offered', kind: 'text', fate: 'held', durationMs: 0, level: 0 },
  { atMs: 3, type: 'given-up', kind: 'text', reason: 'closed' },
  { atMs: 4, type: 'called', id: 'a', name: 'get_weather', args: {} },
  { atMs: 5, type: 'spoke', durationMs: 40 },
]

describe('what is forgotten', () => {
  it.each<[string, readonly Fact[], number, readonly Fact[]]>([
    [
      'is every frame from before the moment, and what became of it',
      [
        frame(0),
        heard(5),
        { atMs: 6, type: 'given-up', kind: 'audio', reason: 'overflow' },
        frame(20),
        heard(25),
      ],
      20,
      [forgotten(20, 1), frame(20), heard(25)],
    ],
    ['is nothing else', [...others, frame(10)], 20, [forgotten(20, 1), ...others]],
    [
      'adds to what was forgotten before',
      [forgotten(20, 1), frame(20), frame(40)],
      40,
      [forgotten(40, 2), frame(40)],
    ],
    ['is nothing where there are no frames', others, 20, others],
  ])('%s', (_, facts, untilMs, expected) => {
    expect(forgetFrames(facts, untilMs)).toEqual(expected)
  })

  it('is said by the first fact', () => {
    expect(forgottenIn([forgotten(20, 1), frame(20)])).toEqual(forgotten(20, 1))
    expect(forgottenIn([frame(20)])).toBeUndefined()
    expect(forgottenIn([])).toBeUndefined()
  })

  it('is said in the lanes that had the frames, and moves nothing else', () => {
    const facts = [frame(0), heard(0), frame(2000), heard(2000)]
    const brief = (given: readonly Fact[]): readonly unknown[] =>
      lanesOf(given).items.map(({ lane, state, fromMs, toMs, label, facts: [first] }) => [
        `${lane} ${state}`,
        fromMs,
        toMs,
        label,
        first?.join(': '),
      ])
    expect(brief(forgetFrames(facts, 1500))).toEqual([
      ['microphone sent', 2000, 2020, 'sent at once', 'fate: sent at once'],
      ['microphone forgotten', 0, 1500, 'no longer kept', 'frames: 1, 20 ms of sound'],
      ['server sent', 2000, 2020, 'live', 'heard: 20 ms of sound'],
      ['server forgotten', 0, 1500, 'no longer kept', 'frames: 1, 20 ms of sound'],
    ])
    expect(lanesOf(forgetFrames(facts, 1500)).endMs).toBe(2020)
  })
})
