import { type InputKind, inputKinds } from './realtime-input.ts'
import type { ClientMessages } from './transport.ts'

/** What a frame was: the kind of an input, or the type of another message. */
export type FrameKind = InputKind | keyof ClientMessages

/** A frame that was sent, without what it held. */
export interface SentFrame {
  readonly kind: FrameKind
  /** Characters of payload. */
  readonly bytes: number
  /** Milliseconds since it was sent. */
  readonly ageMs: number
}

/** Frames that are remembered. */
const length = 32

/** The frames that were sent last: what to look at when the server closes and does not say why. */
export class OutboundTail {
  readonly #frames: { kind: FrameKind; bytes: number; atMs: number }[] = []
  #next = 0

  /** On the way of every frame: allocates nothing once the tail is full. */
  add(kind: FrameKind, bytes: number, nowMs: number): void {
    const frame = this.#frames[this.#next]
    if (frame) {
      frame.kind = kind
      frame.bytes = bytes
      frame.atMs = nowMs
    } else {
      this.#frames.push({ kind, bytes, atMs: nowMs })
    }
    this.#next = (this.#next + 1) % length
  }

  /** The frames, oldest first. */
  report(nowMs: number): SentFrame[] {
    return [...this.#frames.slice(this.#next), ...this.#frames.slice(0, this.#next)].map(
      ({ atMs, ...frame }) => ({ ...frame, ageMs: nowMs - atMs }),
    )
  }

  /** How many inputs were sent in the last so many milliseconds. */
  inputsWithin(ms: number, nowMs: number): number {
    const kinds: readonly FrameKind[] = inputKinds
    return this.#frames.filter(({ kind, atMs }) => nowMs - atMs <= ms && kinds.includes(kind)).length
  }
}
