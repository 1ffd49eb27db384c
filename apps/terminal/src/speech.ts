import { findUtterances, levelOf, type Utterance } from './utterances.ts'
import { sampleRate } from './wav.ts'

/** Milliseconds of audio in each message. */
export const frameMs: number = 20
export const samplesPerFrame: number = (sampleRate * frameMs) / 1000

/** How long the microphone stays open after the last word, because activity detection needs silence to end a turn. */
const tailFrames = 45

/** A recording, cut into the frames that a microphone would deliver. */
export interface Speech {
  readonly frames: readonly Int16Array[]
  /** The loudness of each frame. */
  readonly levels: readonly number[]
  readonly utterances: readonly Utterance[]
  readonly durationMs: number
}

export function millisecondsOf(samples: number): number {
  return Math.round((samples * 1000) / sampleRate)
}

/** Cuts a recording into frames. Pads the last frame, and the silence after the last word, with zeros. */
export function speechOf(samples: Int16Array): Speech {
  const recorded = framesOf(samples)
  const utterances = findUtterances(recorded.map(levelOf))
  const missing = (utterances.at(-1)?.endFrame ?? 0) + tailFrames - recorded.length
  const silence = Array.from({ length: Math.max(0, missing) }, () => new Int16Array(samplesPerFrame))
  const frames = [...recorded, ...silence]
  return { frames, levels: frames.map(levelOf), utterances, durationMs: frames.length * frameMs }
}

/** Cuts samples into frames of 20 ms. Pads the last frame with zeros. */
export function framesOf(samples: Int16Array): Int16Array[] {
  return Array.from({ length: Math.ceil(samples.length / samplesPerFrame) }, (_, index) => {
    const frame = new Int16Array(samplesPerFrame)
    frame.set(samples.subarray(index * samplesPerFrame, (index + 1) * samplesPerFrame))
    return frame
  })
}
