import { bytesOf } from './backlog.ts'
import type { Clock } from './clock.ts'
import { type InputKind, inputKinds, type RealtimeInput } from './realtime-input.ts'
import type { ClientMessages } from './transport.ts'

/** What a frame was: the kind of an input, or the type of another message. */
export type FrameKind = InputKind | keyof ClientMessages

/**
 * A frame that was sent, without its content. Of audio only one frame a second, but at least one in 50, is timed and measured: to do so
 * with each would cost more than to send it. The others are assumed to have the size of a measured one, and to have left next to it, no
 * further apart than 16 kHz audio of that size lasts.
 */
export interface SentFrame {
  readonly kind: FrameKind
  /** Characters of payload. */
  readonly bytes: number
  /** Milliseconds since it was sent. */
  readonly ageMs: number
}

/** One frame of any kind, or consecutive frames of audio, of so many bytes each. */
interface Run {
  readonly kind: FrameKind
  readonly frames: number
  readonly bytes: number
  /** When the last frame was sent. */
  readonly atMs: number
}

/** The number of frames in a report. */
const reportLength = 32

/** Of audio, the first frame behind any other input is measured, and then one in so many milliseconds of it. */
const sampleMs = 1000

/** However short the frames are, one in so many is measured. */
const sampleFrames = 50

/** Milliseconds of 16 kHz audio in a character of base64. */
const msPerCharacter = 3 / 4 / 32

/** The last frames that were sent: the evidence when a server closes and does not say why. */
export interface OutboundTail {
  /** An input was sent, the nth of its kind. Returns whether it was measured. */
  addInput(input: RealtimeInput, kind: InputKind, nth: number): boolean
  /** Another frame was sent, behind so many frames of audio in all; by default behind all that were sent. */
  add(kind: Exclude<FrameKind, 'audio'>, bytes: number, audioBefore?: number): void
  /** Ends the run of audio, because the next frame will not follow at the pace of speech. */
  endAudio(): void
  /** The frames, oldest first. */
  report(): SentFrame[]
  /** How many inputs were sent in the last so many milliseconds, as far as the tail goes back. */
  inputsWithin(ms: number): number
}

/** @param audioSent the number of audio frames that have been sent in all. */
export function newOutboundTail(clock: Clock, audioSent: () => number): OutboundTail {
  const runs: Run[] = []
  /** When the last frame of the newest run was sent. */
  let lastMs = 0
  /** The number of audio frames that are in a run. */
  let audioInRuns = 0
  /** The size of the audio frame that was measured last. */
  let audioBytes = 0
  /** The number of the audio frame that is measured next; 0 for the very next one. */
  let nextSample = 0

  /** @param latestMs when the last frame was sent at the latest, if that was before now. */
  const remember = (kind: FrameKind, frames: number, bytes: number, latestMs = Infinity): void => {
    lastMs = Math.min(clock.now(), latestMs)
    runs.push({ kind, frames, bytes, atMs: lastMs })
    // Many at a time, because to shift a list takes longer than all else here. One more than a report has stays: a run begins where the
    // one before it ended.
    if (runs.length > 99) runs.splice(0, 66)
  }
  const endAudio = (sent: number = audioSent(), isMeasured = false): void => {
    const frames = sent - audioInRuns
    // Frames that were not measured probably followed at the pace of speech, and did not leave only now.
    const latestMs = isMeasured ? Infinity : lastMs + frames * audioBytes * msPerCharacter
    if (frames > 0) remember('audio', frames, audioBytes, latestMs)
    audioInRuns = sent
  }
  const add: OutboundTail['add'] = (kind, bytes, audioBefore) => {
    endAudio(audioBefore)
    remember(kind, 1, bytes)
  }
  const measure: OutboundTail['addInput'] = (input, kind, nth) => {
    if (kind === 'audio') {
      audioBytes = bytesOf(input)
      endAudio(nth, true)
      // A whole number, which is faster to compare with.
      nextSample = nth + Math.ceil(Math.min(sampleFrames, sampleMs / msPerCharacter / audioBytes))
    } else {
      add(kind, bytesOf(input))
      nextSample = 0
    }
    return true
  }
  const sentFrames = (): SentFrame[] => {
    endAudio()
    const nowMs = clock.now()
    return runs.slice(1).flatMap(({ kind, frames, bytes, atMs }, index) => {
      const stepMs = Math.min((atMs - (runs[index] as Run).atMs) / frames, bytes * msPerCharacter)
      return Array.from({ length: frames }, (_, frame) => ({
        kind,
        bytes,
        ageMs: nowMs - atMs + (frames - 1 - frame) * stepMs,
      }))
    })
  }
  remember('audio', 0, 0)
  return {
    // Short, so that it is inlined: it is called for every frame.
    addInput: (input, kind, nth) => (kind !== 'audio' || nth >= nextSample) && measure(input, kind, nth),
    add,
    endAudio,
    report: () => sentFrames().slice(-reportLength),
    inputsWithin(ms) {
      return sentFrames().filter(
        ({ kind, ageMs }) => ageMs <= ms && (inputKinds as readonly FrameKind[]).includes(kind),
      ).length
    },
  }
}
