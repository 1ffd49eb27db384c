import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JitterBuffer } from '../src/worklet/jitter-buffer.ts'
import { effort } from './effort.ts'

type Step =
  | { readonly push: readonly number[] }
  | { readonly render: readonly number[]; readonly state: JitterBuffer['state'] }
  | { readonly flushed: number }
  | 'end'

/** Carries out the steps on a buffer, and returns them with the actual results in place of the expected ones. */
function carryOut(steps: readonly Step[], options = { startLength: 4, fadeLength: 2 }): Step[] {
  const buffer = new JitterBuffer(options)
  return steps.map((step) => {
    if (step === 'end') buffer.endTurn()
    else if ('push' in step) buffer.push(Float32Array.from(step.push))
    else if ('flushed' in step) return { flushed: buffer.flush() }
    else {
      const output = new Float32Array(step.render.length).fill(9)
      buffer.render(output)
      return { render: [...output], state: buffer.state }
    }
    return step
  })
}

describe('JitterBuffer', () => {
  it('needs enough for a block and a fade, and before it plays also for the start', () => {
    const buffer = new JitterBuffer({ startLength: 4, fadeLength: 2 })
    const needs: boolean[] = []
    const look = (): void => void needs.push(buffer.needs(3))
    buffer.push(new Float32Array(8))
    look()
    buffer.push(new Float32Array(1))
    look()
    for (const length of [3, 1, 1]) {
      buffer.render(new Float32Array(length))
      look()
    }
    expect(needs).toEqual([true, false, false, false, true])
  })

  it.each<[string, Step[]]>([
    ['is silent until something comes', [{ push: [] }, { render: [0, 0], state: 'empty' }]],
    [
      'plays across messages of any size without a gap',
      [
        { push: [1, 2, 3] },
        { push: [4] },
        { push: [] },
        { push: [5, 6] },
        { render: [1, 2], state: 'playing' },
        { render: [3, 4], state: 'playing' },
        { render: [5, 6], state: 'playing' },
      ],
    ],
    [
      'waits until there is enough',
      [
        { push: [1, 2, 3] },
        { render: [0, 0], state: 'filling' },
        { push: [4] },
        { render: [1, 2], state: 'playing' },
      ],
    ],
    [
      'waits no longer than what it waits for would last',
      [
        { push: [1, 2] },
        { render: [0, 0], state: 'filling' },
        { render: [0, 0], state: 'filling' },
        { render: [1, 2], state: 'playing' },
      ],
    ],
    ['does not wait when the turn is over', [{ push: [1, 2] }, 'end', { render: [1, 2], state: 'playing' }]],
    [
      'goes on with what comes just in time',
      [
        { push: [1, 2, 3, 4] },
        { render: [1, 2, 3, 4], state: 'playing' },
        { push: [5, 6] },
        { render: [5, 6], state: 'playing' },
      ],
    ],
    [
      'fades out when nothing comes in time, and waits again',
      [
        { push: [4, 4, 4, 4] },
        { render: [4, 4, 4, 4, 2, 0], state: 'empty' },
        { push: [5] },
        { render: [0, 0], state: 'filling' },
      ],
    ],
    [
      'fades across blocks',
      [
        { push: [4, 4, 4, 4] },
        { render: [4, 4, 4, 4], state: 'playing' },
        { render: [2], state: 'empty' },
        { render: [0, 0], state: 'empty' },
      ],
    ],
    [
      'is silent after a flush, once what was coming has faded',
      [
        { push: [4, 4, 4, 4, 4, 4, 4] },
        { render: [4, 4], state: 'playing' },
        { flushed: 2 },
        { render: [2, 0, 0, 0], state: 'empty' },
      ],
    ],
    [
      'tells once how much was played',
      [{ push: [1, 2, 3, 4] }, { render: [1, 2, 3], state: 'playing' }, { flushed: 3 }, { flushed: 0 }],
    ],
    ['has played nothing while it waits', [{ push: [1] }, { flushed: 0 }, { render: [0], state: 'empty' }]],
    [
      'counts a turn through its gaps',
      [
        { push: [1, 1, 1, 1] },
        { render: [1, 1, 1, 1, 0.5], state: 'empty' },
        { push: [2, 2, 2, 2] },
        { render: [2], state: 'playing' },
        { flushed: 5 },
      ],
    ],
    [
      'counts the next turn from its own beginning, also when it came before that',
      [
        { push: [1, 1, 1, 1] },
        'end',
        { push: [2, 2, 2, 2] },
        { render: [1, 1, 1], state: 'playing' },
        { render: [1, 2, 2], state: 'playing' },
        { render: [2], state: 'playing' },
        { flushed: 3 },
      ],
    ],
    [
      'counts from 0 after a turn that was played before its end was known',
      [
        { push: [1, 1, 1, 1] },
        { render: [1, 1, 1, 1, 0.5, 0], state: 'empty' },
        'end',
        { push: [2, 2, 2, 2] },
        { render: [2], state: 'playing' },
        { flushed: 1 },
      ],
    ],
    [
      'tells of a turn that was played whole before it was flushed, once',
      [
        { push: [1, 1, 1, 1] },
        'end',
        'end',
        { render: [1, 1, 1, 1, 0.5, 0], state: 'empty' },
        { flushed: 4 },
        { flushed: 0 },
      ],
    ],
    [
      'tells of a turn that was played whole before its end was known',
      [
        { push: [1, 1, 1, 1] },
        { render: [1, 1, 1, 1, 0.5, 0], state: 'empty' },
        'end',
        'end',
        { flushed: 4 },
      ],
    ],
    [
      'has played nothing of a turn that waits, though the one before was played whole',
      [
        { push: [1, 1, 1, 1] },
        'end',
        { render: [1, 1, 1, 1, 0.5, 0], state: 'empty' },
        { push: [2] },
        { flushed: 0 },
      ],
    ],
    [
      'is silent when a turn ends that has been played',
      [
        { push: [4, 4, 4, 4] },
        { render: [4, 4, 4, 4, 2, 0], state: 'empty' },
        'end',
        { render: [0, 0], state: 'empty' },
      ],
    ],
    [
      'plays nothing of what was flushed when more comes, and waits until there is enough of that',
      [
        { push: [4, 4, 4, 4, 4, 4, 4, 4] },
        { render: [4, 4], state: 'playing' },
        { flushed: 2 },
        { push: [5, 6, 7] },
        { render: [2, 0], state: 'filling' },
        { render: [0, 0], state: 'filling' },
        { render: [5, 6], state: 'playing' },
      ],
    ],
    [
      'gives up the turns behind the one that is played, too',
      [
        { push: [4, 4, 4, 4] },
        'end',
        { push: [8] },
        { render: [4, 4, 4], state: 'playing' },
        { flushed: 3 },
        { render: [2, 0, 0], state: 'empty' },
      ],
    ],
  ])('%s', (_, steps) => {
    expect(carryOut(steps)).toEqual(steps)
  })

  it.each<[string, Step[]]>([
    [
      'while there is enough for the fade',
      [
        { push: [1, 1, 1, 1, 1, 1, 1, 1] },
        { render: [1, 1, 1, 1], state: 'playing' },
        { flushed: 4 },
        { render: [0.75, 0.5, 0.25, 0], state: 'empty' },
      ],
    ],
    [
      'while there is less than the fade takes',
      [
        { push: [1, 1, 1, 1, 1] },
        { render: [1, 1, 1, 1], state: 'playing' },
        { flushed: 4 },
        { render: [0.75, 0.5, 0.25, 0, 0], state: 'empty' },
      ],
    ],
    [
      'while nothing is left',
      [
        { push: [1, 1, 1, 1] },
        { render: [1, 1, 1, 1], state: 'playing' },
        { flushed: 4 },
        { render: [0.75, 0.5, 0.25, 0, 0], state: 'empty' },
      ],
    ],
    [
      'and plays at once what comes next',
      [
        { push: [1, 1, 1, 1, 1, 1, 1, 1] },
        { render: [1, 1, 1, 1], state: 'playing' },
        { flushed: 4 },
        { push: [0, 0, 0, 0, 2, 2] },
        { render: [0.75, 0.5, 0.25, 0, 2], state: 'playing' },
      ],
    ],
    [
      'and plays on over the fade, also when it lasts longer than a block',
      [
        { push: [1, 1, 1, 1, 1, 1, 1, 1] },
        { render: [1, 1, 1, 1], state: 'playing' },
        { flushed: 4 },
        { push: [2, 2, 2, 2] },
        { render: [2.75, 2.5], state: 'playing' },
        { render: [2.25, 2], state: 'playing' },
      ],
    ],
    [
      'and again before it has faded',
      [
        { push: [1, 1, 1, 1, 1, 1, 1, 1] },
        { render: [1, 1, 1, 1], state: 'playing' },
        { flushed: 4 },
        { push: [1, 1, 1, 1, 1, 1] },
        { render: [1.75], state: 'playing' },
        { flushed: 1 },
        { render: [1.25, 0.75, 0.25, 0, 0], state: 'empty' },
      ],
    ],
    [
      'and runs out of speech before it has faded',
      [
        { push: [1, 1, 1, 1, 1, 1, 1, 1] },
        { render: [1, 1, 1, 1], state: 'playing' },
        { flushed: 4 },
        { push: [1, 1] },
        'end',
        { render: [1.75, 1.5, 1, 0.5, 0.25, 0], state: 'empty' },
      ],
    ],
  ])('fades out when it is flushed %s', (_, steps) => {
    expect(carryOut(steps, { startLength: 4, fadeLength: 4 })).toEqual(steps)
  })

  it('returns what was pushed, whatever the sizes of messages and blocks', () => {
    const sizes = fc.array(fc.nat(50), { minLength: 1 })
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 64 }), (messages, block) => {
        const buffer = new JitterBuffer({ startLength: 10, fadeLength: 0 })
        let next = 1
        for (const length of messages) buffer.push(Float32Array.from({ length }, () => next++))
        buffer.endTurn()
        const heard: number[] = []
        while (buffer.state !== 'empty') {
          const output = new Float32Array(block)
          buffer.render(output)
          heard.push(...output)
        }
        const all = Array.from({ length: next - 1 }, (_, index) => index + 1)
        expect(heard.slice(0, all.length)).toEqual(all)
        expect(heard.slice(all.length).every((sample) => sample === 0)).toBe(true)
      }),
      { numRuns: 100 * effort },
    )
  })
})
