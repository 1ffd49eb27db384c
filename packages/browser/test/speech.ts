import { Resampler } from '../src/worklet/resampler.ts'
import { readWav } from './wav.ts'

/** Recorded speech at 24 kHz, from the emulator's voice. */
export const voice = readWav(new URL('../../emulator/voice/weather.wav', import.meta.url))

/**
 * Returns speech of a length at 48 kHz, the rate of a device. The speech repeats; a faint noise that does not, and is the same in each run,
 * lies over it, so that every part is unique.
 */
export function longSpeech(seconds: number): Int16Array {
  const rate = 48_000
  const upsampled = new Resampler(24_000, rate).process(
    Float32Array.from(voice, (sample) => (sample / 32_768) * 0.8),
  )
  let random = 1
  let smooth = 0
  return Int16Array.from({ length: seconds * rate }, (_, index) => {
    random = (Math.imul(random, 1_664_525) + 1_013_904_223) | 0
    // Most of the noise is below 8 kHz, so that 16 kHz can carry it.
    smooth += 0.3 * (random / 2 ** 31 - smooth)
    return 32_768 * ((upsampled[index % upsampled.length] as number) + 0.04 * smooth)
  })
}
