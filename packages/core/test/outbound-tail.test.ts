import { describe, expect, it } from 'vitest'
import { OutboundTail } from '../src/outbound-tail.ts'
import { ManualClock } from './manual-clock.ts'

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

describe('the outbound tail', () => {
  /** 20 ms of a microphone, after it. */
  function speak(tail: OutboundTail, clock: ManualClock, frames: number): boolean[] {
    return Array.from({ length: frames }, () => {
      clock.advance(20)
      return tail.add('audio', 856)
    })
  }

  it.each([
    ['nothing', 0, 0],
    ['one', 1, 1],
    ['less than a run', 7, 7],
    ['some runs', 30, 30],
    ['as much as it holds', 32, 32],
    ['more', 33, 32],
    ['much more', 400, 32],
  ])(
    'reports the last 32 frames of a microphone, oldest first, with their ages, of %s',
    (_, frames, reported) => {
      const clock = new ManualClock()
      const tail = new OutboundTail(clock, 8192)
      speak(tail, clock, frames)
      expect(tail.report()).toEqual(
        numbers(frames - reported, frames).map((number) => ({
          kind: 'audio',
          bytes: 856,
          ageMs: (frames - 1 - number) * 20,
        })),
      )
    },
  )

  it('tells when a run of audio ends, and asks for the time only then', () => {
    const clock = new ManualClock()
    let asked = 0
    const tail = new OutboundTail(
      {
        now: () => {
          asked++
          return clock.now()
        },
        setTimer: () => () => {},
      },
      856 * 3,
    )
    asked = 0
    expect(speak(tail, clock, 7)).toEqual([false, false, true, false, false, true, false])
    expect(asked).toBe(2)
    expect([tail.add('text', 4), asked]).toEqual([true, 4])
  })

  it('tells one frame from another, and those of a run by their mean', () => {
    const clock = new ManualClock()
    const tail = new OutboundTail(clock, 1000)
    tail.add('setup', 90)
    clock.advance(100)
    tail.add('activityStart', 0)
    clock.advance(40)
    tail.add('audio', 100)
    tail.add('audio', 300)
    tail.add('activityEnd', 0)
    clock.advance(5)
    expect(tail.report()).toEqual([
      { kind: 'setup', bytes: 90, ageMs: 145 },
      { kind: 'activityStart', bytes: 0, ageMs: 45 },
      { kind: 'audio', bytes: 200, ageMs: 25 },
      { kind: 'audio', bytes: 200, ageMs: 5 },
      { kind: 'activityEnd', bytes: 0, ageMs: 5 },
    ])
  })

  it('counts the inputs of a time, its limits included, and nothing but inputs', () => {
    const clock = new ManualClock()
    const tail = new OutboundTail(clock, 8192)
    tail.add('setup', 10)
    clock.advance(99)
    tail.add('audio', 10)
    clock.advance(1)
    tail.add('activityEnd', 0)
    clock.advance(50)
    tail.add('toolResponse', 10)
    clock.advance(50)
    tail.add('text', 10)
    expect([101, 100, 99, 0].map((ms) => tail.inputsWithin(ms))).toEqual([3, 3, 1, 1])
  })
})
