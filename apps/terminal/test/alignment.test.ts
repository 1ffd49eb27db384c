import { describe, expect, it } from 'vitest'
import { align } from '../src/alignment.ts'

describe('align finds the offered items in the received ones', () => {
  it.each([
    { offered: '', received: '', places: [] },
    { offered: 'abc', received: 'abc', places: [0, 1, 2] },
    { offered: 'abc', received: '', places: [undefined, undefined, undefined] },
    { offered: 'abcd', received: 'ad', places: [0, undefined, undefined, 1] },
    { offered: 'abcd', received: 'cd', places: [undefined, undefined, 0, 1] },
    { offered: 'ab', received: 'xaxb', places: [1, 3] },
    { offered: 'aa', received: 'ba', places: [1, undefined] },
    { offered: 'ab', received: 'aa', places: [0, undefined] },
    // Only the first silence is missing: the word after it must not count as lost.
    { offered: '_a_', received: 'a_', places: [undefined, 0, 1] },
    { offered: 'SESE', received: 'SEE', places: [0, 1, undefined, 2] },
  ])('$offered in $received', ({ offered, received, places }) => {
    expect(align([...offered], [...received])).toEqual(places)
  })
})
