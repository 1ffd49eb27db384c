import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Speech, speechOf } from './speech.ts'
import { UsageError } from './usage-error.ts'
import { samplesOfWav } from './wav.ts'

/** The demo's own recording, as the demo names it in its output. */
export const ownRecording: string = 'speech/weather.wav'

const longestMs = 60_000

/**
 * Reads the user's speech from a file, or from the demo's own recording.
 *
 * @param folder the folder that a relative path starts from.
 * @throws {UsageError} that says what is wrong with the file.
 */
export async function readSpeech(file: string | undefined, folder: string = process.cwd()): Promise<Speech> {
  const speech = speechOf(samplesOfWav(file ?? ownRecording, await readBytes(file, folder)))
  if (speech.durationMs > longestMs) {
    throw new UsageError(
      `--file ${file} lasts ${speech.durationMs / 1000} s, but may last ${longestMs / 1000} s at most`,
    )
  }
  if (speech.utterances.length === 0) {
    throw new UsageError(`--file ${file} contains no speech, or speech too soft to distinguish from noise`)
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
