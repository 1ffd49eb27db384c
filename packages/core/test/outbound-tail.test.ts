import { describe, expect, it } from 'vitest'
import { newOutboundTail, type OutboundTail } from '../src/outbound-tail.ts'
import { audio } from './inputs.ts'
import { ManualClock } from './manual-clock.ts'

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index)

/** A tail with a clock that counts how often it is asked. */
class Sending {
  readonly clock = new ManualClock()
  asked = 0
  readonly tail: OutboundTail
  #audioSent = 0

  constructor() {
    const now = (): number => {
      this.asked++
      return this.clock.now()
    }
    this.tail = newOutboundTail({ now, setTimer: () => () => {} }, () => this.#audioSent)
    this.asked = 0
  }

  audio(ms = 20): void {
    this.tail.addInput(audio(ms), 'audio', ++this.#audioSent)
  }

  /** A microphone of 20 ms a frame. */
  speak(frames: number): void {
    for (let frame = 0; frame < frames; frame++) {
      this.clock.advance(20)
      this.audio()
    }
  }
}

describe('the outbound tail', () => {
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
      const sending = new Sending()
      sending.speak(frames)
      expect(sending.tail.report()).toEqual(
        numbers(frames - reported, frames).map((number) => ({
          kind: 'audio',
          bytes: 856,
          ageMs: (frames - 1 - number) * 20,
        })),
      )
    },
  )

  it('reports the last 32 frames also if they are not audio, however many there were', () => {
    const { tail } = new Sending()
    for (const number of numbers(0, 400)) {
      tail.add('toolResponse', number)
      const reported = tail.report().map(({ bytes }) => bytes)
      expect(reported).toEqual(numbers(Math.max(0, number - 31), number + 1))
    }
  })

  it.each([
    ['one frame a second', 20, 50],
    ['one frame a second, however long the frames are', 100, 10],
    ['every frame that is longer', 1500, 1],
    ['one frame in 50, however short they are', 1, 50],
    ['one frame in 50, if they are empty', 0, 50],
  ])('asks for the time for %s', (_, frameMs, every) => {
    const sending = new Sending()
    for (const _frame of numbers(0, 2 * every)) sending.audio(frameMs)
    expect(sending.asked).toBe(2)
    sending.audio(frameMs)
    expect(sending.asked).toBe(3)
  })

  it('asks for the time for every other frame, and for the end of the audio before it', () => {
    const sending = new Sending()
    sending.speak(34)
    sending.tail.add('text', 4)
    expect(sending.asked).toBe(3)
  })

  it('reports each frame by itself, and those of a run by the one that was measured last', () => {
    const sending = new Sending()
    const { tail, clock } = sending
    tail.add('setup', 90)
    clock.advance(100)
    tail.add('activityStart', 0)
    clock.advance(40)
    sending.audio(20)
    clock.advance(40)
    sending.audio(40)
    tail.add('activityEnd', 0)
    clock.advance(5)
    expect(tail.report()).toEqual([
      { kind: 'setup', bytes: 90, ageMs: 185 },
      { kind: 'activityStart', bytes: 0, ageMs: 85 },
      { kind: 'audio', bytes: 856, ageMs: 45 },
      { kind: 'audio', bytes: 856, ageMs: 45 - 20.0625 },
      { kind: 'activityEnd', bytes: 0, ageMs: 5 },
    ])
  })

  it('ends a run on request, so that its frames get no later time', () => {
    const sending = new Sending()
    for (const _ of numbers(0, 10)) sending.audio()
    sending.tail.endAudio()
    sending.speak(2)
    expect(sending.tail.report().map(({ ageMs }) => ageMs)).toEqual([...Array(10).fill(40), 20, 0])
  })

  it.each([
    ['nothing of what came before a pause', 26, 500, 0, 0],
    ['nothing if the microphone has been off for long', 60, 60_000, 0, 0],
    ['no more than was said in them', 40, 0, 40, 13],
  ])('counts of the last 250 ms %s', (_, spoken, pauseMs, spokenThen, inputs) => {
    const sending = new Sending()
    sending.speak(spoken)
    sending.clock.advance(pauseMs)
    sending.speak(spokenThen)
    expect(sending.tail.inputsWithin(250)).toBe(inputs)
  })

  it('counts all inputs that left at once, not only those in a report', () => {
    const sending = new Sending()
    for (const _ of numbers(0, 200)) sending.audio()
    expect(sending.tail.inputsWithin(250)).toBe(200)
  })

  it('counts the inputs of a time, its limits included, and nothing but inputs', () => {
    const sending = new Sending()
    const { tail, clock } = sending
    tail.add('setup', 10)
    clock.advance(99)
    sending.audio()
    clock.advance(1)
    tail.add('activityEnd', 0)
    clock.advance(50)
    tail.add('toolResponse', 10)
    clock.advance(50)
    tail.add('text', 4)
    expect([101, 100, 99, 0].map((ms) => tail.inputsWithin(ms))).toEqual([3, 2, 1, 1])
  })
})
