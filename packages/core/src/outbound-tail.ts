import { bytesOf } from './backlog.ts'
import type { Clock } from './clock.ts'
import { type InputKind, inputKinds, type RealtimeInput } from './realtime-input.ts'
import type { ClientMessages } from './transport.ts'

/** What a frame was: the kind of an input, or the type of another message. */
export type FrameKind = InputKind | keyof ClientMessages

/**
 * A frame that was sent, without its content. Of audio only one frame in 16 is timed and measured, because to do so with each would cost
 * more than sending it. The others are assumed to have the size of a measured one, and to have left next to it, no further apart than
 * 16 kHz audio of that size lasts.
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
  kind: FrameKind
  frames: number
  bytes: number
  /** When the last frame was sent; or, for frames that were not measured, when the run was ended. */
  atMs: number
  isMeasured: boolean
}

/** The number of frames in a report. */
const reportLength = 32

/** Of audio, one frame in so many is measured, and the first behind any other input. */
const audioSampling = 16

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
  /** A ring, so that sending allocates nothing. */
  const runs: Run[] = []
  /** The place of the next run, where the oldest is once the ring is full. */
  let next = 0
  /** The number of audio frames that are in a run. */
  let audioInRuns = 0
  /** The size of the audio frame that was measured last. */
  let audioBytes = 0
  /** The number of the audio frame that is measured next; 0 for the very next one. */
  let nextSample = 0

  const remember = (kind: FrameKind, frames: number, bytes: number, isMeasured: boolean): void => {
    runs[next] ??= {} as Run
    const run = runs[next] as Run
    // One more than a report has, because a run begins where the one before it ended.
    next = (next + 1) % (reportLength + 1)
    run.kind = kind
    run.frames = frames
    run.bytes = bytes
    run.atMs = clock.now()
    run.isMeasured = isMeasured
  }
  const endAudio = (sent: number = audioSent(), isMeasured = false): void => {
    const frames = sent - audioInRuns
    if (frames > 0) remember('audio', frames, audioBytes, isMeasured)
    audioInRuns = sent
  }
  const add: OutboundTail['add'] = (kind, bytes, audioBefore) => {
    endAudio(audioBefore)
    remember(kind, 1, bytes, true)
  }
  const measure: OutboundTail['addInput'] = (input, kind, nth) => {
    if (kind === 'audio') {
      audioBytes = bytesOf(input)
      endAudio(nth, true)
      nextSample = nth + audioSampling
    } else {
      add(kind, bytesOf(input))
      nextSample = 0
    }
    return true
  }
  const sentFrames = (): SentFrame[] => {
    endAudio()
    const nowMs = clock.now()
    const inOrder = [...runs.slice(next), ...runs.slice(0, next)]
    return inOrder.slice(1).flatMap(({ kind, frames, bytes, atMs, isMeasured }, index) => {
      const fromMs = (inOrder[index] as Run).atMs
      const stepMs = Math.min((atMs - fromMs) / frames, bytes * msPerCharacter)
      // Frames that were not measured probably followed at the pace of speech, and did not leave only when the run was ended.
      const sentMs = isMeasured ? atMs : fromMs + frames * stepMs
      return Array.from({ length: frames }, (_, frame) => ({
        kind,
        bytes,
        ageMs: nowMs - sentMs + (frames - 1 - frame) * stepMs,
      }))
    })
  }
  remember('audio', 0, 0, true)
  return {
    // Short, so that it is inlined: it is called for every frame.
    addInput: (input, kind, nth) => (kind !== 'audio' || nth >= nextSample) && measure(input, kind, nth),
    add,
    endAudio: () => endAudio(),
    report: () => sentFrames().slice(-reportLength),
    inputsWithin(ms) {
      return sentFrames().filter(
        ({ kind, ageMs }) => ageMs <= ms && (inputKinds as readonly FrameKind[]).includes(kind),
      ).length
    },
  }
}
