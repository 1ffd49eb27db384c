import wavefile from 'wavefile'
import { UsageError } from './usage-error.ts'

/** Samples per second of the user's speech, as the Live API expects. */
export const sampleRate: number = 16_000

/** The fields of the `fmt ` chunk that decide whether a file is usable. `wavefile` leaves them untyped. */
interface Format {
  readonly audioFormat: number
  readonly numChannels: number
  readonly sampleRate: number
  readonly bitsPerSample: number
}

const pcm = 1

/**
 * Reads the samples of a WAV file, which must be 16 kHz mono 16-bit PCM.
 *
 * @throws {UsageError} that names the file, its format, and how to convert it.
 */
export function samplesOfWav(file: string, bytes: Uint8Array): Int16Array {
  const wave = new wavefile.WaveFile()
  try {
    wave.fromBuffer(bytes)
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error)
    throw new UsageError(`--file ${file} is not a WAV file that can be read (${problem}); ${advice(file)}`)
  }
  const format = wave.fmt as Format
  const fits =
    format.audioFormat === pcm &&
    format.numChannels === 1 &&
    format.sampleRate === sampleRate &&
    format.bitsPerSample === 16
  if (!fits) throw new UsageError(`--file ${file} is ${describe(format)}; ${advice(file)}`)
  return Int16Array.from(wave.getSamples())
}

function describe({ audioFormat, numChannels, sampleRate: rate, bitsPerSample }: Format): string {
  const encoding = audioFormat === pcm ? 'PCM' : `audio of WAVE format ${audioFormat}`
  const channels = numChannels === 1 ? 'mono' : `${numChannels} channels`
  return `${rate} Hz, ${channels}, ${bitsPerSample}-bit ${encoding}`
}

function advice(file: string): string {
  return `16 kHz mono 16-bit PCM is needed: sox ${JSON.stringify(file)} -r 16000 -c 1 -b 16 -e signed-integer converted.wav`
}
