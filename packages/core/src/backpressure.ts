import type { Clock } from './clock.ts'
import type { Hold, InputGate } from './input-gate.ts'

/** How often the transport is asked whether it has sent what it had; no socket tells by itself. */
const pollMs = 50

/**
 * Shuts the gate while the transport has more to send than it should, so that audio waits where the policy bounds it and not in
 * a buffer that nothing bounds. Messages that are no input go on.
 */
export class Backpressure {
  readonly #gate: InputGate
  readonly #clock: Clock
  readonly #isFull: () => boolean
  readonly #limitMs: number
  readonly #onExpired: () => void
  #hold: Hold | undefined
  #callOff: (() => void) | undefined
  /** The time was over, and the transport still has too much: the gate is left open until it has not. */
  #isGivenUp = false

  /**
   * @param isFull whether more waits in the transport than should.
   * @param limitMs how long the gate may be shut for it.
   * @param onExpired is told when that was not enough.
   */
  constructor(gate: InputGate, clock: Clock, isFull: () => boolean, limitMs: number, onExpired: () => void) {
    this.#gate = gate
    this.#clock = clock
    this.#isFull = isFull
    this.#limitMs = limitMs
    this.#onExpired = onExpired
  }

  /** Inputs were sent: looks at the transport. */
  look(): void {
    if (!this.#isFull()) this.#isGivenUp = false
    else if (!this.#hold && !this.#isGivenUp) {
      this.#hold = this.#gate.hold('backpressure')
      this.#poll(this.#clock.now())
    }
  }

  /** Takes the hold off the gate. */
  stop(): void {
    this.#callOff?.()
    const hold = this.#hold
    // First: what is released may shut the gate again.
    this.#hold = undefined
    hold?.release()
  }

  #poll(sinceMs: number): void {
    this.#callOff = this.#clock.setTimer(pollMs, () => {
      const isFull = this.#isFull()
      if (isFull && this.#clock.now() - sinceMs < this.#limitMs) return this.#poll(sinceMs)
      this.#isGivenUp = isFull
      if (isFull) this.#onExpired()
      this.stop()
    })
  }
}
