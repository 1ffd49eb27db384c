import { payloadOf } from './backlog.ts'
import type { Clock } from './clock.ts'
import { type InputKind, inputKinds, type RealtimeInput } from './realtime-input.ts'
import type { ClientMessages } from './transport.ts'

/** What a frame was: the kind of an input, or the type of another message. */
export type FrameKind = InputKind | keyof ClientMessages

/**
 * A frame that was sent, without what it held. Audio is timed and measured by up to 64 frames at a time, and each of them is taken
 * to be as large as the first and to have come evenly: to time each would cost more than all else that is done for it.
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

/** Frames of audio that are timed together, at most. */
const runLength = 64

/** The frames that were sent last: what to look at when the server closes and does not say why. */
export class OutboundTail {
  readonly #clock: Clock
  readonly #runs: Run[] = []
  #lastMs: number
  #audioFrames = 0
  /** Of each frame of the run, by its first. */
  #audioBytes = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#lastMs = clock.now()
  }

  /**
   * On the way of every input: one of audio is counted, and looked at only where it begins a run.
   *
   * @returns whether it is audio within a run, for which nothing is to be done.
   */
  addInput(kind: InputKind, input: RealtimeInput): boolean {
    if (kind !== 'audio') this.add(kind, bytesOf(input))
    else if (this.#audioFrames++ === 0) this.#audioBytes = bytesOf(input)
    else if (this.#audioFrames < runLength) return true
    else this.endAudio()
    return false
  }

  /** Any frame but audio. */
  add(kind: Exclude<FrameKind, 'audio'>, bytes: number): void {
    this.endAudio()
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

  /** Ends a run of audio, where the next does not come in its time. */
  endAudio(): void {
    if (this.#audioFrames) this.#remember('audio', this.#audioFrames, this.#audioBytes)
    this.#audioFrames = 0
  }

  #remember(kind: FrameKind, frames: number, bytes: number): void {
    const toMs = this.#clock.now()
    this.#runs.push({ kind, frames, bytes, fromMs: this.#lastMs, toMs })
    // For memory; what is reported is cut anyway.
    if (this.#runs.length > length) this.#runs.shift()
    this.#lastMs = toMs
  }
}

const bytesOf = (input: RealtimeInput): number => payloadOf(input).data?.length ?? 0
