import { expect, it } from 'vitest'
import { wakeAfter } from '../src/clock.ts'

it.each([
  ['in a while', 5, [5]],
  ['now', 0, [0]],
  ['at a moment that has passed, as on a machine that was busy', -3, [0]],
  ['never', Number.POSITIVE_INFINITY, []],
])('wakes %s', (_, delayMs, expected) => {
  const delays: number[] = []
  const clock = {
    now: () => 0,
    setTimer: (delayMs: number) => {
      delays.push(delayMs)
      return () => {}
    },
  }
  wakeAfter(clock, delayMs, () => {})
  expect(delays).toEqual(expected)
})
