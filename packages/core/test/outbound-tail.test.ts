import { describe, expect, it } from 'vitest'
import { OutboundTail } from '../src/outbound-tail.ts'
import { audio, end, start } from './inputs.ts'
import { ManualClock } from './manual-clock.ts'

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

describe('the outbound tail', () => {
  /** 20 ms of a microphone, after it. */
  function speak(tail: OutboundTail, clock: ManualClock, frames: number): boolean[] {
    return Array.from({ length: frames }, () => {
      clock.advance(20)
      return tail.addInput('audio', audio(20))
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
    ['a run and more', 70, 32],
  ])(
    'reports the last 32 frames of a microphone, oldest first, with their ages, of %s',
    (_, frames, reported) => {
      const clock = new ManualClock()
      const tail = new OutboundTail(clock)
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

  it('has as many frames that are no audio', () => {
    const tail = new OutboundTail(new ManualClock())
    for (const number of numbers(0, 40)) tail.add('toolResponse', number)
    expect(tail.report().map(({ bytes }) => bytes)).toEqual(numbers(8, 40))
  })

  it('tells what is within a run of audio, and asks for the time only where one ends', () => {
    const clock = new ManualClock()
    let asked = 0
    const now = (): number => {
      asked++
      return clock.now()
    }
    const tail = new OutboundTail({ now, setTimer: () => () => {} })
    asked = 0
    const looks = speak(tail, clock, 130).flatMap((isWithin, index) => (isWithin ? [] : [index]))
    expect([looks, asked]).toEqual([[0, 63, 64, 127, 128], 2])
    expect([tail.addInput('text', { text: 'word' }), asked]).toEqual([false, 4])
  })

  it('tells one frame from another, and those of a run by the first', () => {
    const clock = new ManualClock()
    const tail = new OutboundTail(clock)
    tail.add('setup', 90)
    clock.advance(100)
    tail.addInput('activityStart', start)
    clock.advance(40)
    tail.addInput('audio', audio(20))
    tail.addInput('audio', audio(40))
    tail.addInput('activityEnd', end)
    clock.advance(5)
    expect(tail.report()).toEqual([
      { kind: 'setup', bytes: 90, ageMs: 145 },
      { kind: 'activityStart', bytes: 0, ageMs: 45 },
      { kind: 'audio', bytes: 856, ageMs: 25 },
      { kind: 'audio', bytes: 856, ageMs: 5 },
      { kind: 'activityEnd', bytes: 0, ageMs: 5 },
    ])
  })

  it('counts the inputs of a time, its limits included, and nothing but inputs', () => {
    const clock = new ManualClock()
    const tail = new OutboundTail(clock)
    tail.add('setup', 10)
    clock.advance(99)
    tail.addInput('audio', audio(20))
    clock.advance(1)
    tail.addInput('activityEnd', end)
    clock.advance(50)
    tail.add('toolResponse', 10)
    clock.advance(50)
    tail.addInput('text', { text: 'word' })
    expect([101, 100, 99, 0].map((ms) => tail.inputsWithin(ms))).toEqual([3, 3, 1, 1])
  })
})
