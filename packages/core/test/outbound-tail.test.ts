import { describe, expect, it } from 'vitest'
import { OutboundTail } from '../src/outbound-tail.ts'

describe('the outbound tail', () => {
  it.each([
    ['nothing', 0, []],
    ['less than it holds', 3, [0, 1, 2]],
    ['as much as it holds', 32, Array.from({ length: 32 }, (_, index) => index)],
    ['more than it holds', 40, Array.from({ length: 32 }, (_, index) => index + 8)],
    ['twice as much', 64, Array.from({ length: 32 }, (_, index) => index + 32)],
  ])('reports the last 32 frames, oldest first, of %s', (_, frames, numbers) => {
    const tail = new OutboundTail()
    for (let number = 0; number < frames; number++) tail.add('audio', number, number * 20)
    const nowMs = frames * 20
    expect(tail.report(nowMs)).toEqual(
      numbers.map((number) => ({ kind: 'audio', bytes: number, ageMs: nowMs - number * 20 })),
    )
  })

  it('counts the inputs of a time, its limits included, and nothing but inputs', () => {
    const tail = new OutboundTail()
    tail.add('setup', 10, 0)
    tail.add('audio', 10, 99)
    tail.add('activityEnd', 0, 100)
    tail.add('toolResponse', 10, 150)
    tail.add('text', 10, 200)
    expect([tail.inputsWithin(100, 200), tail.inputsWithin(0, 200), tail.inputsWithin(50, 300)]).toEqual([
      2, 1, 0,
    ])
  })
})
