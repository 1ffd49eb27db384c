import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FrameAssembler } from '../src/worklet/frame-assembler.ts'
import { mixToMono } from '../src/worklet/mix.ts'
import { PcmReader, toInt16 } from '../src/worklet/pcm.ts'
import { effort } from './effort.ts'

const runs = { numRuns: 100 * effort }
const blocks = fc.array(fc.float32Array({ min: -2, max: 2, noNaN: true, maxLength: 300 }))

describe('toInt16', () => {
  it.each([
    [0, 0],
    [-1, -32_768],
    [1, 32_767],
    [1.7, 32_767],
    [-1.7, -32_768],
    [Number.POSITIVE_INFINITY, 32_767],
    [0.5, 16_384],
    [0.4 / 32_768, 0],
    [0.6 / 32_768, 1],
    [-0.6 / 32_768, -1],
  ])('%d is %i', (sample, integer) => {
    expect(toInt16(sample)).toBe(integer)
  })
})

describe('PcmReader', () => {
  it('reads the same samples wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.int16Array(), fc.array(fc.nat(7)), (samples, lengths) => {
        const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
        const reader = new PcmReader()
        const read: number[] = []
        let start = 0
        for (const length of [...lengths, bytes.length]) {
          read.push(...reader.read(bytes.subarray(start, start + length)))
          start = Math.min(bytes.length, start + length)
        }
        expect(read).toEqual(Array.from(samples, (sample) => sample / 32_768))
      }),
      runs,
    )
  })

  it('forgets half a sample', () => {
    const reader = new PcmReader()
    reader.read(Uint8Array.of(1))
    reader.reset()
    expect([...reader.read(Uint8Array.of(0, 64))]).toEqual([0.5])
  })
})

describe('FrameAssembler', () => {
  it('returns all samples, in frames of equal length', () => {
    fc.assert(
      fc.property(blocks, fc.integer({ min: 1, max: 640 }), (given, length) => {
        const frames: Int16Array[] = []
        const assembler = new FrameAssembler(length, (frame) => frames.push(frame))
        for (const block of given) assembler.push(block)
        const all = given.flatMap((block) => Array.from(block, (sample) => toInt16(sample)))
        expect(frames.every((frame) => frame.length === length)).toBe(true)
        expect(frames.flatMap((frame) => [...frame])).toEqual(
          all.slice(0, all.length - (all.length % length)).map((sample) => sample + 0),
        )
      }),
      runs,
    )
  })
})

describe('mixToMono', () => {
  it.each<[number[][], number[] | undefined]>([
    [[], undefined],
    [[[0.25, -0.5]], [0.25, -0.5]],
    [
      [
        [0.5, -0.5],
        [0, 0.5],
      ],
      [0.25, 0],
    ],
  ])('%j is %j', (channels, mono) => {
    const mixed = mixToMono(channels.map((channel) => Float32Array.from(channel)))
    expect(mixed && [...mixed]).toEqual(mono)
  })
})
