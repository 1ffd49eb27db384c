import { readFileSync } from 'node:fs'
import { samplesOfWav } from './pcm.ts'

/** Samples per second of the model's speech, mono. Source: `audio/pcm;rate=24000` in recorded sessions. */
export const outputSampleRate: number = 24_000

/** The sentences that have a recording. */
export const sentences: { readonly weather: string; readonly umbrella: string } = {
  weather: 'It is twelve degrees in Dublin, with light rain.',
  umbrella: 'Yes, take an umbrella.',
}

const recordings = new Map<string, Int16Array>()

/**
 * Returns the samples for a text: the recording of a recorded sentence. Any other text gives the recorded weather sentence,
 * repeated or cut to the time that the text would take at its pace. Length and loudness are then those of speech, although
 * the words are not those of the text.
 */
export function speak(text: string): Int16Array {
  if (text === sentences.umbrella) return recording('umbrella.wav')
  const pattern = recording('weather.wav')
  if (text === sentences.weather) return pattern
  const spoken = new Int16Array(Math.round((text.length / sentences.weather.length) * pattern.length))
  for (let filled = 0; filled < spoken.length; filled += pattern.length) {
    spoken.set(pattern.subarray(0, spoken.length - filled), filled)
  }
  return spoken
}

function recording(file: string): Int16Array {
  let samples = recordings.get(file)
  if (samples === undefined) {
    samples = samplesOfWav(readFileSync(new URL(`../voice/${file}`, import.meta.url)))
    recordings.set(file, samples)
  }
  return samples
}
