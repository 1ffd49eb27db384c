import { findUtterances, levelOf, type Utterance } from './utterances.ts'
import { sampleRate } from './wav.ts'

/** How much audio a message carries. */
export const frameMs: number = 20
export const samplesPerFrame: number = (sampleRate * frameMs) / 1000

/** How long the microphone stays open after the last word; a server that listens for silence needs to hear some. */
const tailFrames = 45

/** A recording, cut into the frames that a microphone would give. */
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

/** Cuts a recording into frames. The last frame, and silence after the last word, are filled up with zeros. */
export function speechOf(samples: Int16Array): Speech {
  const recorded = framesOf(samples)
  const utterances = findUtterances(recorded.map(levelOf))
  const missing = (utterances.at(-1)?.endFrame ?? 0) + tailFrames - recorded.length
  const silence = Array.from({ length: Math.max(0, missing) }, () => new Int16Array(samplesPerFrame))
  const frames = [...recorded, ...silence]
  return { frames, levels: frames.map(levelOf), utterances, durationMs: frames.length * frameMs }
}

/** Frames of 20 ms; the last is filled up with zeros. */
export function framesOf(samples: Int16Array): Int16Array[] {
  return Array.from({ length: Math.ceil(samples.length / samplesPerFrame) }, (_, index) => {
    const frame = new Int16Array(samplesPerFrame)
    frame.set(samples.subarray(index * samplesPerFrame, (index + 1) * samplesPerFrame))
    return frame
  })
}
