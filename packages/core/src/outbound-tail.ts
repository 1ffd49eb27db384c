import type { Clock } from './clock.ts'
import { type InputKind, inputKinds } from './realtime-input.ts'
import type { ClientMessages } from './transport.ts'

/** What a frame was: the kind of an input, or the type of another message. */
export type FrameKind = InputKind | keyof ClientMessages

/**
 * A frame that was sent, without what it held. Audio is timed and measured by some frames at a time, and each of them is taken to
 * be as large as the others and to have come evenly: to time each would cost more than all else that is done for it.
 */
export interface SentFrame {
  readonly kind: FrameKind
  /** Characters of payload. */
  readonly bytes: number
  /** Milliseconds since it was sent. */
  readonly ageMs: number
}

/** One frame, or some of audio. */
interface Run {
  readonly kind: FrameKind
  readonly frames: number
  readonly bytes: number
  readonly fromMs: number
  readonly toMs: number
}

/** Frames that are remembered. */
const length = 32

/** The frames that were sent last: what to look at when the server closes and does not say why. */
export class OutboundTail {
  readonly #clock: Clock
  readonly #runBytes: number
  readonly #runs: Run[] = []
  #lastMs: number
  #audioFrames = 0
  #audioBytes = 0

  /** @param runBytes how much audio is taken together. */
  constructor(clock: Clock, runBytes: number) {
    this.#clock = clock
    this.#runBytes = runBytes
    this.#lastMs = clock.now()
  }

  /**
   * On the way of every frame: for one of audio it counts, and nothing else.
   *
   * @returns whether a run has come to its end: the moment for what is not to be done for every frame.
   */
  add(kind: FrameKind, bytes: number): boolean {
    if (kind === 'audio') {
      this.#audioFrames++
      this.#audioBytes += bytes
      if (this.#audioBytes < this.#runBytes) return false
    }
    this.#endAudio()
    if (kind !== 'audio') this.#remember(kind, 1, bytes)
    return true
  }

  /** The frames, oldest first. */
  report(): SentFrame[] {
    this.#endAudio()
    const nowMs = this.#clock.now()
    return this.#runs
      .flatMap(({ kind, frames, bytes, fromMs, toMs }) =>
        Array.from({ length: Math.min(frames, length) }, (_, older) => ({
          kind,
          bytes: bytes / frames,
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

  #endAudio(): void {
    if (this.#audioFrames === 0) return
    this.#remember('audio', this.#audioFrames, this.#audioBytes)
    this.#audioFrames = 0
    this.#audioBytes = 0
  }

  #remember(kind: FrameKind, frames: number, bytes: number): void {
    const toMs = this.#clock.now()
    this.#runs.push({ kind, frames, bytes, fromMs: this.#lastMs, toMs })
    // For memory; what is reported is cut anyway.
    if (this.#runs.length > length) this.#runs.shift()
    this.#lastMs = toMs
  }
}
