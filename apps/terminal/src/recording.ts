import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Speech, speechOf } from './speech.ts'
import { UsageError } from './usage-error.ts'
import { samplesOfWav } from './wav.ts'

/** The recording that comes with the demo, as it is called in what the demo prints. */
export const ownRecording: string = 'speech/weather.wav'

const longestMs = 60_000

/**
 * Reads what the user says from a file, or from the demo's own recording.
 *
 * @param folder where the name of a file begins, unless it is a whole path.
 * @throws {UsageError} saying what is wrong with the file.
 */
export async function readSpeech(file: string | undefined, folder: string = process.cwd()): Promise<Speech> {
  const speech = speechOf(samplesOfWav(file ?? ownRecording, await readBytes(file, folder)))
  if (speech.durationMs > longestMs) {
    throw new UsageError(
      `--file ${file} lasts ${speech.durationMs / 1000} s; at most ${longestMs / 1000} s will do`,
    )
  }
  if (speech.utterances.length === 0) {
    throw new UsageError(`--file ${file} holds no speech, or it is too soft to be told from noise`)
  }
  return speech
}

async function readBytes(file: string | undefined, folder: string): Promise<Uint8Array> {
  try {
    const place = file === undefined ? new URL(`../${ownRecording}`, import.meta.url) : resolve(folder, file)
    return await readFile(place)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UsageError(
      `--file ${file} ${code === 'ENOENT' ? 'does not exist' : `cannot be read: ${message}`}`,
    )
  }
}
