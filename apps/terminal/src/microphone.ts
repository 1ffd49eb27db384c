import { setTimeout } from 'node:timers/promises'
import type { LiveSendRealtimeInputParameters } from '@google/genai'
import type { Mode } from './mode.ts'
import { frameMs, type Speech } from './speech.ts'
import { sampleRate } from './wav.ts'

/** A frame of the microphone, or a signal of its button. `frame` is its place in the recording. */
export type Cue =
  | { readonly kind: 'audio'; readonly frame: number; readonly samples: Int16Array }
  | { readonly kind: 'activityStart' | 'activityEnd'; readonly frame: number }

/**
 * Returns the cues for each 20 ms of the recording. Hands-free, that is every frame. With push-to-talk it is only the utterances,
 * each between the pressing and the releasing of the button; the time between them passes without cues.
 */
export function cuesOf({ frames, utterances }: Speech, mode: Mode): readonly (readonly Cue[])[] {
  return frames.map((samples, frame): Cue[] => {
    const audio: Cue = { kind: 'audio', frame, samples }
    if (mode === 'hands-free') return [audio]
    const cues: Cue[] = []
    if (utterances.some(({ endFrame }) => endFrame === frame)) cues.push({ kind: 'activityEnd', frame })
    if (utterances.some(({ firstFrame }) => firstFrame === frame)) cues.push({ kind: 'activityStart', frame })
    if (utterances.some(({ firstFrame, endFrame }) => firstFrame <= frame && frame < endFrame))
      cues.push(audio)
    return cues
  })
}

/** Converts a cue to an input for the SDK. */
export function inputOf(cue: Cue): LiveSendRealtimeInputParameters {
  switch (cue.kind) {
    case 'audio':
      return { audio: { data: base64Of(cue.samples), mimeType: `audio/pcm;rate=${sampleRate}` } }
    case 'activityStart':
      return { activityStart: {} }
    case 'activityEnd':
      return { activityEnd: {} }
    default:
      return cue satisfies never
  }
}

export function base64Of({ buffer, byteOffset, byteLength }: Int16Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64')
}

/**
 * Yields frame numbers in real time: `n` at `startedAt` + `n` × 20 ms, on the clock of `performance`. Each wait is computed from
 * this schedule, so that delays do not add up.
 */
export async function* framePace(startedAt: number, signal: AbortSignal): AsyncGenerator<number> {
  for (let frame = 0; ; frame++) {
    const waitMs = startedAt + frame * frameMs - performance.now()
    if (waitMs > 0) await setTimeout(waitMs, undefined, { signal })
    signal.throwIfAborted()
    yield frame
  }
}
