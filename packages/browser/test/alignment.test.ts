import { describe, expect, it } from 'vitest'
import { Resampler } from '../src/worklet/resampler.ts'
import { align } from './alignment.ts'
import { longSpeech } from './speech.ts'

const rate = 16_000
const said = new Resampler(48_000, rate).process(
  Float32Array.from(longSpeech(3), (sample) => sample / 32_768),
)
const silence = (samples: number): number[] => new Array<number>(samples).fill(0)
const middle = 24_000

/** What alignment has to detect, and the spread in milliseconds. */
describe('align', () => {
  it.each<[string, readonly number[], number]>([
    ['what is only late', [...silence(1000), ...said], 0],
    ['what began before it was heard', [...said.subarray(800)], 0],
    ['a frame that was lost', [...said.subarray(0, middle), ...said.subarray(middle + 320)], 20],
    ['a frame that came twice', [...said.subarray(0, middle), ...said.subarray(middle - 320)], 20],
    [
      'a render quantum of silence',
      [...said.subarray(0, middle), ...silence(128), ...said.subarray(middle)],
      8,
    ],
    ['a clock that is 0.1 % too fast', [...new Resampler(16_016, rate).process(said)], 2.7],
  ])('sees %s', (_, heard, spreadMs) => {
    const alignment = align(said, Float32Array.from(heard), rate)
    expect(Math.abs(alignment.spreadMs - spreadMs)).toBeLessThan(0.3)
    expect(alignment.windows.length).toBeGreaterThanOrEqual(9)
  })

  it('detects that a signal is missing altogether', () => {
    const heard = said.slice()
    heard.fill(0, middle, middle + 4000)
    expect(align(said, heard, rate).leastCorrelation).toBeLessThan(0.95)
    expect(align(said, said, rate).leastCorrelation).toBeCloseTo(1)
  })
})
