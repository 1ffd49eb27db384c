import type { Clock } from './clock.ts'
import { type InputKind, inputKinds } from './realtime-input.ts'
import type { ClientMessages } from './transport.ts'

/** What a frame was: the kind of an input, or the type of another message. */
export type FrameKind = InputKind | keyof ClientMessages

/**
 * A frame that was sent, without what it held. Audio is timed and measured by up to 64 frames at a time, and each of them is taken
 * to be as large as the last that was looked at and to have come evenly: to time each would cost more than all else that is done for it.
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
  readonly kind: FrameKind
  readonly frames: number
  readonly bytes: number
  readonly fromMs: number
  readonly toMs: number
}

/** Frames that are reported. */
const length = 32

/** The frames that were sent last: what to look at when the server closes and does not say why. */
export class OutboundTail {
  readonly #clock: Clock
  readonly #audioSent: () => number
  readonly #runs: Run[] = []
  #lastMs: number
  /** Of the audio that was sent, what is in a run. */
  #audioInRuns = 0
  /** Of each frame of the next run. */
  #audioBytes = 0

  /** @param audioSent how many frames of audio were sent in all. */
  constructor(clock: Clock, audioSent: () => number) {
    this.#clock = clock
    this.#audioSent = audioSent
    this.#lastMs = clock.now()
  }

  /**
   * A frame of audio was sent, the nth, of so many bytes: it ends a run. The first has to be told; of the others as many as shall be
   * timed.
   */
  addAudio(bytes: number, nth: number): void {
    this.#audioBytes = bytes
    this.endAudio(nth)
  }

  /** Any frame but audio was sent, behind so many frames of audio; by default behind all of them. */
  add(kind: Exclude<FrameKind, 'audio'>, bytes: number, audioBefore?: number): void {
    this.endAudio(audioBefore)
    this.#remember(kind, 1, bytes)
  }

  /** The frames, oldest first. */
  report(): SentFrame[] {
    this.endAudio()
    const nowMs = this.#clock.now()
    return this.#runs
      .flatMap(({ kind, frames, bytes, fromMs, toMs }) =>
        Array.from({ length: frames }, (_, older) => ({
          kind,
          bytes,
          ageMs: nowMs - toMs + (older * (toMs - fromMs)) / frames,
        })).reverse(),
      )
      .slice(-length)
  }

  /** How many inputs were sent in the last so many milliseconds. */
  inputsWithin(ms: number): number {
    const kinds: readonly FrameKind[] = inputKinds
    return this.report().filter(({ kind, ageMs }) => ageMs <= ms && kinds.includes(kind)).length
  }

  /** Ends a run of audio, where the next frame does not come in its time. */
  endAudio(sent: number = this.#audioSent()): void {
    const frames = sent - this.#audioInRuns
    if (frames > 0) this.#remember('audio', frames, this.#audioBytes)
    this.#audioInRuns = sent
  }

  #remember(kind: FrameKind, frames: number, bytes: number): void {
    const toMs = this.#clock.now()
    this.#runs.push({ kind, frames, bytes, fromMs: this.#lastMs, toMs })
    // For memory; what is reported is cut anyway.
    if (this.#runs.length > length) this.#runs.shift()
    this.#lastMs = toMs
  }
}
