import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { fromBase64, samplesOf, toBase64 } from '../src/wire.ts'
import { noise } from './frames.ts'

declare const atob: (text: string) => string
declare const btoa: (text: string) => string

/** Imitates the language's own methods, which newer platforms have, and counts their calls. */
const native = {
  toBase64: vi.fn(function (this: Uint8Array) {
    return btoa(Array.from(this, (byte) => String.fromCharCode(byte)).join(''))
  }),
  fromBase64: vi.fn((text: string) => {
    if (/[-_]/.test(text)) throw new SyntaxError('another alphabet')
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
  }),
}

const platforms: readonly (readonly [string, () => void])[] = [
  ['this one', () => {}],
  ['one without Buffer', () => void vi.stubGlobal('Buffer', undefined)],
  [
    'one whose language has base64',
    () => {
      vi.stubGlobal('Buffer', undefined)
      Object.assign(Uint8Array.prototype, { toBase64: native.toBase64 })
      Object.assign(Uint8Array, { fromBase64: native.fromBase64 })
    },
  ],
]

afterEach(() => {
  vi.unstubAllGlobals()
  Reflect.deleteProperty(Uint8Array.prototype, 'toBase64')
  Reflect.deleteProperty(Uint8Array, 'fromBase64')
})

describe.each(platforms)('on a platform like %s', (_, imitate) => {
  beforeEach(imitate)

  it.each<[string, readonly number[]]>([
    ['', []],
    ['AQ==', [1]],
    ['AQI=', [1, 2]],
    ['AQID', [1, 2, 3]],
    ['+/+/', [251, 255, 191]],
  ])('%s is %j, and back', (text, bytes) => {
    expect(toBase64(Uint8Array.from(bytes))).toBe(text)
    expect([...(fromBase64(text) ?? [])]).toEqual(bytes)
  })

  it('encodes the bytes of a view, and not the rest of its buffer', () => {
    expect(toBase64(Uint8Array.of(9, 1, 2, 9).subarray(1, 3))).toBe('AQI=')
  })

  it.each<[string, readonly number[] | undefined]>([
    ['AQ', [1]],
    ['AQ=', [1]],
    ['-_-_', [251, 255, 191]],
    ['----', [251, 239, 190]],
    ['____', [255, 255, 255]],
    ['-_+/', [251, 255, 191]],
    ['A', undefined],
    ['AQIDA', undefined],
    ['AQ ID', undefined],
    ['AQ!D', undefined],
    ['AQ==AQ==', undefined],
    ['AQI===', undefined],
    ['ä', undefined],
  ])('%s is %j', (text, bytes) => {
    const decoded = fromBase64(text)
    expect(decoded && [...decoded]).toEqual(bytes)
  })

  it('encodes and decodes many bytes', () => {
    const bytes = noise(300_000)
    expect(new Uint8Array(fromBase64(toBase64(bytes)) ?? [])).toEqual(bytes)
  })
})

it('uses the methods of the language if there are any', () => {
  platforms[2]?.[1]()
  native.toBase64.mockClear()
  native.fromBase64.mockClear()
  fromBase64(toBase64(Uint8Array.of(1)))
  expect([native.toBase64, native.fromBase64].map(({ mock }) => mock.calls.length)).toEqual([1, 1])
})

describe('samplesOf', () => {
  const bytes = Uint8Array.of(0, 1, 0, 255, 255, 7)

  it('is a view of the bytes', () => {
    const samples = samplesOf(bytes.subarray(2))
    expect([...samples]).toEqual([-256, 2047])
    expect(samples.buffer).toBe(bytes.buffer)
  })

  it('copies bytes that are not aligned, and ignores half a sample', () => {
    expect([...samplesOf(bytes.subarray(1))]).toEqual([1, -1])
  })
})
