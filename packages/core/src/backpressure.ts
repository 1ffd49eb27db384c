import type { Clock } from './clock.ts'
import type { Hold, HoldName, InputGate } from './input-gate.ts'

export interface BackpressureOptions {
  readonly gate: InputGate
  readonly clock: Clock
  /** Bytes that wait in the transport. */
  readonly bufferedAmount: () => number
  readonly maxBufferedBytes: number
  /** How long the gate may be shut for it, in milliseconds. */
  readonly limitMs: number
  readonly onExpired: (hold: HoldName) => void
}

/** How often the transport is asked whether it has sent what it had; no socket tells by itself. */
const pollMs = 50

/**
 * Shuts the gate while the transport has more to send than it should, so that audio waits where the policy bounds it and not in
 * a buffer that nothing bounds. Messages that are no input go on.
 */
export class Backpressure {
  readonly #options: BackpressureOptions
  #hold: Hold | undefined
  #callOff: () => void = () => {}
  /** The time was over, and the transport still has too much: the gate is left open until it has not. */
  #isGivenUp = false

  constructor(options: BackpressureOptions) {
    this.#options = options
  }

  /** Inputs were sent: looks at the transport. */
  look(): void {
    if (!this.#isFull) this.#isGivenUp = false
    else if (!this.#hold && !this.#isGivenUp) {
      this.#hold = this.#options.gate.hold('backpressure')
      this.#poll(this.#options.clock.now())
    }
  }

  /** Takes the hold off the gate. */
  stop(): void {
    this.#callOff()
    const hold = this.#hold
    // First: what is released may shut the gate again.
    this.#hold = undefined
    hold?.release()
  }

  get #isFull(): boolean {
    return this.#options.bufferedAmount() > this.#options.maxBufferedBytes
  }

  #poll(sinceMs: number): void {
    const { clock, limitMs, onExpired } = this.#options
    this.#callOff = clock.setTimer(pollMs, () => {
      const isStillFull = this.#isFull
      if (isStillFull && clock.now() - sinceMs < limitMs) return this.#poll(sinceMs)
      this.#isGivenUp = isStillFull
      if (isStillFull) onExpired({ name: 'backpressure', id: undefined })
      this.stop()
    })
  }
}
