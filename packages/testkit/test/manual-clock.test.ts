import { expect, it } from 'vitest'
import { ManualClock } from '../src/index.ts'

it('stands still until it is moved, and fires timers in order, each at its own time', () => {
  const clock = new ManualClock()
  const woken: unknown[] = []
  const wake = (name: string) => () => woken.push([name, clock.now()])
  clock.setTimer(20, wake('later'))
  clock.setTimer(10, wake('first'))
  clock.setTimer(10, wake('second'))
  clock.setTimer(31, wake('too late'))
  const callOff = clock.setTimer(15, wake('called off'))
  callOff()
  callOff()
  clock.advance(9)
  expect([woken, clock.now(), clock.pendingTimers]).toEqual([[], 9, 4])
  clock.advance(21)
  expect(woken).toEqual([
    ['first', 10],
    ['second', 10],
    ['later', 20],
  ])
  expect([clock.now(), clock.pendingTimers]).toEqual([30, 1])
})

it('fires timers that are set meanwhile and are due', () => {
  const clock = new ManualClock()
  const ticks: number[] = []
  const tick = (): void => {
    ticks.push(clock.now())
    clock.setTimer(50, tick)
  }
  clock.setTimer(50, tick)
  clock.advance(175)
  expect([ticks, clock.now(), clock.pendingTimers]).toEqual([[50, 100, 150], 175, 1])
})

it('fires timers that are due when no time passes', () => {
  const clock = new ManualClock()
  const woken: number[] = []
  clock.setTimer(0, () => woken.push(clock.now()))
  clock.advance(0)
  expect([woken, clock.pendingTimers]).toEqual([[0], 0])
})

it('fires timers that were due before they were set in the order in which they were set, as platforms do', () => {
  const clock = new ManualClock()
  const woken: number[] = []
  for (const delayMs of [0, -5, Number.NEGATIVE_INFINITY]) clock.setTimer(delayMs, () => woken.push(delayMs))
  clock.advance(0)
  expect(woken).toEqual([0, -5, Number.NEGATIVE_INFINITY])
})

it('runs what waits for a promise only when advance has returned', async () => {
  const clock = new ManualClock()
  const woken: number[] = []
  const run = async (): Promise<void> => {
    for (let times = 0; times < 2; times++) {
      await new Promise<void>((resolve) => clock.setTimer(100, resolve))
      woken.push(clock.now())
    }
  }
  const ran = run()
  clock.advance(1000)
  await Promise.resolve()
  expect([woken, clock.pendingTimers]).toEqual([[1000], 1])
  clock.advance(100)
  await ran
  expect(woken).toEqual([1000, 1100])
})

it('does not go back for a timer that was due before it was set', () => {
  const clock = new ManualClock()
  const woken: number[] = []
  clock.advance(10)
  clock.setTimer(-5, () => woken.push(clock.now()))
  clock.advance(1)
  expect([woken, clock.now()]).toEqual([[10], 11])
})

it('does not go back when a timer moves it further', () => {
  const clock = new ManualClock()
  clock.setTimer(10, () => clock.advance(100))
  clock.advance(20)
  expect(clock.now()).toBe(110)
})

it('keeps its time when a timer throws, and goes on from there', () => {
  const clock = new ManualClock()
  clock.setTimer(10, () => {
    throw new Error('bug')
  })
  expect(() => clock.advance(20)).toThrow('bug')
  expect([clock.now(), clock.pendingTimers]).toEqual([10, 0])
  clock.advance(10)
  expect(clock.now()).toBe(20)
})

// JavaScript would append a string to the time.
it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, '5'])('refuses to be moved by %j ms', (byMs) => {
  const clock = new ManualClock()
  expect(() => clock.advance(byMs as number)).toThrow(
    new RangeError(`advance takes milliseconds, 0 or more; got ${byMs}`),
  )
  expect(clock.now()).toBe(0)
})

it.each([Number.NaN, undefined, '5'])(
  'refuses to set a timer for %s ms, which would leave it without a time',
  (delayMs) => {
    const clock = new ManualClock()
    expect(() => clock.setTimer(delayMs as number, () => {})).toThrow(
      new RangeError(`setTimer takes milliseconds; got ${delayMs}`),
    )
    clock.advance(1)
    expect([clock.now(), clock.pendingTimers]).toEqual([1, 0])
  },
)
