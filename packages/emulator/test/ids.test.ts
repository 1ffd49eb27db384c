import { describe, expect, it } from 'vitest'
import { idsFor } from '../src/ids.ts'
import { profileNamed } from '../src/profile.ts'
import { seededRandom } from '../src/random.ts'

describe('ids', () => {
  const profiles = ['gemini-2.5', 'gemini-3.1', 'vertex'] as const
  const take = (name: (typeof profiles)[number], seed: number, count: number) => {
    const ids = idsFor(profileNamed(name), seededRandom(seed))
    return Array.from({ length: count }, () => [ids.call(), ids.uuid()])
  }

  it('have the form of recorded ids', () => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
    for (const [name, form] of [
      ['gemini-2.5', /^function-call-[1-9]\d*$/],
      ['gemini-3.1', /^fc_[1-9]\d*$/],
      ['vertex', uuid],
    ] as const)
      for (const [call, handle] of take(name, 0, 500)) {
        expect(call).toMatch(form)
        expect(handle).toMatch(uuid)
      }
  })

  it.each([
    ['gemini-2.5', 12_073_572_449_839_116_754n, 64n],
    ['gemini-3.1', 8_479_089_156_876_900_403n, 63n],
  ] as const)('have numbers like those recorded on %s, such as %d', (name, recorded, bits) => {
    const numbers = take(name, 0, 500).map(([call = '']) => BigInt(/\d+$/.exec(call)?.[0] ?? ''))
    expect(numbers.some((number) => number > recorded)).toBe(true)
    expect(numbers.some((number) => number < 10n ** 18n)).toBe(true)
    expect(numbers.filter((number) => number >= 2n ** bits)).toEqual([])
  })

  it.each(profiles)('are the same for the same seed, and never repeat otherwise: %s', (name) => {
    expect(take(name, 1, 500)).toEqual(take(name, 1, 500))
    const ids = [0, 1, 7].flatMap((seed) => take(name, seed, 5000).flat())
    expect(new Set(ids).size).toBe(ids.length)
  })
})
