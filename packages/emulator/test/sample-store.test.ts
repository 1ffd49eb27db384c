import { array, assert, integer, oneof, property, record } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SampleStore } from '../src/sample-store.ts'

describe('SampleStore', () => {
  it('keeps the appended samples in order, except those it was told to drop', () => {
    const append = record({ append: integer({ min: 0, max: 50_000 }) })
    // In thousandths of the stored samples.
    const forget = record({ forget: integer({ min: 0, max: 1000 }) })
    assert(
      property(array(oneof(append, forget), { maxLength: 12 }), (steps) => {
        const store = new SampleStore()
        let [first, end] = [0, 0]
        for (const step of steps) {
          if ('append' in step) {
            store.append(Int16Array.from({ length: step.append }, (_, index) => end + index))
            end += step.append
          } else {
            const count = Math.floor((store.length * step.forget) / 1000)
            store.forget(count)
            first += count
          }
        }
        const kept = Int16Array.from({ length: end - first }, (_, index) => first + index)
        expect([store.length, Buffer.from(store.toArray().buffer).equals(Buffer.from(kept.buffer))]).toEqual([
          end - first,
          true,
        ])
      }),
      { numRuns: 200 },
    )
  })
})
