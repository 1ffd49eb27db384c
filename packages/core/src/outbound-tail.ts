import type { Clock } from './clock.ts'
import { type InputKind, inputKinds } from './realtime-input.ts'
import type { ClientMessages } from './transport.ts'

/** What a frame was: the kind of an input, or the type of another message. */
export type FrameKind = InputKind | keyof ClientMessages

/**
 * A frame that was sent, without what it held. Of audio one frame in 16 is timed and measured: to time each would cost more than all
 * else that is done for it. The others are taken to be as large, and to have come next to it, no further apart than 16 kHz audio of their
 * size is long.
 */
export interface SentFrame {
  readonly kind: FrameKind
  /** Characters of payload. */
  readonly bytes: number
  /** Milliseconds since it was sent. */
  readonly ageMs: number
}

/** One frame, or some of audio, of so many bytes each. */
interface Run {
  kind: FrameKind
  frames: number
  bytes: number
  /** When its last frame was sent; or only when it ended, behind frames that nobody looked at. */
  atMs: number
  isTimed: boolean
}

/** Frames that are reported. */
const length = 32

/** Milliseconds of 16 kHz audio in a character of base64. */
const msPerCharacter = 3 / 4 / 32

/** The frames that were sent last: what to look at when the server closes and does not say why. */
export interface OutboundTail {
  /** A frame of audio was sent, the nth, of so many bytes: it ends a run. The first has to be told; of the others one in 16. */
  addAudio(bytes: number, nth: number): void
  /** Any frame but audio was sent, behind so many frames of audio; by default behind all of them. */
  add(kind: Exclude<FrameKind, 'audio'>, bytes: number, audioBefore?: number): void
  /** Ends a run of audio, where the next frame does not come in its time. */
  endAudio(): void
  /** The frames, oldest first. */
  report(): SentFrame[]
  /** How many inputs were sent in the last so many milliseconds, as far as the tail goes back. */
  inputsWithin(ms: number): number
}

/** @param audioSent how many frames of audio were sent in all. */
export function newOutboundTail(clock: Clock, audioSent: () => number): OutboundTail {
  const atMs = clock.now()
  // One more than is reported: where it ends, the next begins. They are written over, so that nothing is allocated while input is sent.
  const runs = Array.from({ length: length + 1 }, (): Run => {
    return { kind: 'audio', frames: 0, bytes: 0, atMs, isTimed: true }
  })
  let last = 0
  /** Of the audio that was sent, what is in a run. */
  let audioInRuns = 0
  /** Of each frame of the next run. */
  let audioBytes = 0

  const remember = (kind: FrameKind, frames: number, bytes: number, isTimed: boolean): void => {
    last = (last + 1) % runs.length
    const run = runs[last] as Run
    run.kind = kind
    run.frames = frames
    run.bytes = bytes
    run.atMs = clock.now()
    run.isTimed = isTimed
  }
  const endAudio = (sent: number = audioSent(), isTimed = false): void => {
    const frames = sent - audioInRuns
    if (frames > 0) remember('audio', frames, audioBytes, isTimed)
    audioInRuns = sent
  }
  const sentFrames = (): SentFrame[] => {
    endAudio()
    const nowMs = clock.now()
    const oldestFirst = [...runs.slice(last + 1), ...runs.slice(0, last + 1)]
    return oldestFirst.slice(1).flatMap(({ kind, frames, bytes, atMs, isTimed }, index) => {
      const fromMs = (oldestFirst[index] as Run).atMs
      const stepMs = Math.min((atMs - fromMs) / frames, bytes * msPerCharacter)
      // Frames of which none was timed are more likely to have gone on at once than to have come just now.
      const sentMs = isTimed ? atMs : fromMs + frames * stepMs
      return Array.from({ length: frames }, (_, frame) => ({
        kind,
        bytes,
        ageMs: nowMs - sentMs + (frames - 1 - frame) * stepMs,
      }))
    })
  }
  return {
    addAudio(bytes, nth) {
      audioBytes = bytes
      endAudio(nth, true)
    },
    add(kind, bytes, audioBefore) {
      endAudio(audioBefore)
      remember(kind, 1, bytes, true)
    },
    endAudio: () => endAudio(),
    report: () => sentFrames().slice(-length),
    inputsWithin(ms) {
      const kinds: readonly FrameKind[] = inputKinds
      return sentFrames().filter(({ kind, ageMs }) => ageMs <= ms && kinds.includes(kind)).length
    },
  }
}
