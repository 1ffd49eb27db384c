import { describe, expect, it } from 'vitest'
import { Resampler } from '../src/worklet/resampler.ts'

const tone = (frequency: number, rate: number, seconds: number): Float32Array =>
  Float32Array.from({ length: rate * seconds }, (_, n) => Math.sin((2 * Math.PI * frequency * n) / rate))

/** The start of the middle half of a signal, which neither end affects. */
const quarter = (signal: Float32Array): number => Math.floor(signal.length / 4)
const middleOf = (signal: Float32Array): Float32Array => signal.subarray(quarter(signal), 3 * quarter(signal))

/** The amplitude of one frequency in the middle of a signal, by projection under a Hann window. */
function amplitude(signal: Float32Array, frequency: number, rate: number): number {
  const middle = middleOf(signal)
  let [real, imaginary, weights] = [0, 0, 0]
  for (const [n, sample] of middle.entries()) {
    const weight = 1 - Math.cos((2 * Math.PI * (n + 0.5)) / middle.length)
    const angle = (2 * Math.PI * frequency * n) / rate
    real += weight * sample * Math.cos(angle)
    imaginary += weight * sample * Math.sin(angle)
    weights += weight
  }
  return (2 * Math.hypot(real, imaginary)) / weights
}
const peak = (signal: Float32Array): number =>
  middleOf(signal).reduce((most, sample) => Math.max(most, Math.abs(sample)), 0)
const decibels = (ratio: number): number => 20 * Math.log10(ratio)

/** From rates of browsers to the server's, and from rates of servers to the speaker's. */
const rates: readonly (readonly [number, number])[] = [
  [48_000, 16_000],
  [44_100, 16_000],
  [96_000, 16_000],
  [32_000, 16_000],
  [8_000, 16_000],
  [16_000, 24_000],
  [22_050, 24_000],
  [11_025, 24_000],
  [48_000, 24_000],
  [23_999, 24_000],
]

describe.each(rates)('from %i Hz to %i Hz', (from, to) => {
  const narrower = Math.min(from, to) / 2
  const resampled = (frequency: number): Float32Array =>
    new Resampler(from, to).process(tone(frequency, from, 0.5))

  it.each([0.01, 0.1, 0.3, 0.5, 0.7, 0.8, 0.85, 0.9])('keeps %d of the band within 0.01 dB', (part) => {
    const frequency = part * narrower
    expect(Math.abs(decibels(amplitude(resampled(frequency), frequency, to)))).toBeLessThan(0.01)
  })

  // Whatever remains of a tone that does not fit into the output is alias.
  const aliasing = [1.001, 1.02, 1.1, 1.3, 1.6, 1.99, 2.5].filter((part) => part * narrower < from / 2)
  if (aliasing.length > 0) {
    it.each(aliasing)('lets less than -75 dB through at %d of the band', (part) => {
      expect(decibels(peak(resampled(part * narrower)))).toBeLessThan(-75)
    })
  }

  it.each([0.1, 0.5, 0.9])('adds less than -75 dB of anything else to a tone at %d of the band', (part) => {
    const frequency = part * narrower
    const output = resampled(frequency)
    const level = amplitude(output, frequency, to)
    const rest = output.map((sample, n) => sample - level * Math.sin((2 * Math.PI * frequency * n) / to))
    expect(decibels(peak(rest))).toBeLessThan(-75)
  })

  it('delays by fewer than 48 samples of the lower rate', () => {
    expect((new Resampler(from, to).delay * 2 * narrower) / from).toBeLessThan(48)
  })

  it('returns as long a stream as it was given', () => {
    const seconds = 3
    const resampler = new Resampler(from, to)
    const made = resampler.process(new Float32Array(seconds * from)).length
    expect(made + resampler.drain().length).toBe(seconds * to)
  })
})

describe('a stream', () => {
  it.each([
    [48_000, 16_000, [128]],
    [44_100, 16_000, [128]],
    [44_100, 16_000, [1, 2, 3, 500, 7]],
    [22_050, 24_000, [1]],
    [8_000, 24_000, [0, 5, 1000]],
  ] as const)('from %i Hz to %i Hz is the same in blocks of %j as whole', (from, to, lengths) => {
    const input = tone(440, from, 0.2)
    const whole = new Resampler(from, to).process(input)
    const resampler = new Resampler(from, to)
    const parts: number[] = []
    for (let start = 0, block = 0; start < input.length; block++) {
      const length = lengths[block % lengths.length] ?? 0
      parts.push(...resampler.process(input.subarray(start, start + length)))
      start += length
    }
    expect(Float32Array.from(parts)).toEqual(whole)
  })

  it('does not drift in a minute of blocks that do not divide into frames', () => {
    const resampler = new Resampler(44_100, 16_000)
    let made = 0
    // The same tenth of a second repeats: another test checks the samples themselves.
    const block = new Float32Array(4410)
    const blocks = 600
    for (let count = 0; count < blocks; count++) made += resampler.process(block).length
    expect(Math.abs(made - blocks * 1600 + (resampler.delay * 16_000) / 44_100)).toBeLessThan(1)
  })

  it.each([
    [16_000, 24_000],
    [44_100, 16_000],
  ])('from %i Hz to %i Hz starts afresh after it was drained', (from, to) => {
    const resampler = new Resampler(from, to)
    // The stream ends between two output samples.
    const input = tone(300, from, 0.05).subarray(1)
    const once = [...resampler.process(input), ...resampler.drain()]
    expect([...resampler.process(input), ...resampler.drain()]).toEqual(once)
  })
})
