import type { Clock } from '@livegate/core/session'

interface Timer {
  readonly dueMs: number
  readonly wake: () => void
}

/**
 * A clock for tests. Time stands still until `advance` moves it.
 *
 * @example
 * ```ts
 * import { ManualClock } from '@livegate/testkit'
 *
 * const clock = new ManualClock()
 * clock.setTimer(100, () => console.log(`woken at ${clock.now()} ms`))
 * clock.advance(5000) // woken at 100 ms
 * ```
 */
export class ManualClock implements Clock {
  readonly #timers: Set<Timer> = new Set()
  #nowMs = 0

  /** Milliseconds since the clock was made. */
  now(): number {
    return this.#nowMs
  }

  /** @throws {RangeError} if `delayMs` is not a number. */
  setTimer(delayMs: number, wake: () => void): () => void {
    if (typeof delayMs !== 'number' || Number.isNaN(delayMs)) {
      throw new RangeError(`setTimer takes milliseconds; got ${delayMs}`)
    }
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), wake }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** The number of timers that are set. A test that ends with one left has found a leak. */
  get pendingTimers(): number {
    return this.#timers.size
  }

  /**
   * Moves time forward. Timers fire in the order of their due times, those due at the same time in the order in which they were set.
   * Each sees its own due time as `now`. Timers that are set meanwhile fire as well if they are due. Unlike with real timers, code
   * that waits for a promise runs only when `advance` has returned, and sees the time to which it moved.
   *
   * @throws {RangeError} if `byMs` is negative or not finite.
   */
  advance(byMs: number): void {
    if (!(Number.isFinite(byMs) && byMs >= 0)) {
      throw new RangeError(`advance takes milliseconds, 0 or more; got ${byMs}`)
    }
    const endMs = this.#nowMs + byMs
    for (;;) {
      const [next] = [...this.#timers].sort((a, b) => a.dueMs - b.dueMs)
      if (!next || next.dueMs > endMs) break
      this.#timers.delete(next)
      this.#nowMs = Math.max(this.#nowMs, next.dueMs)
      next.wake()
    }
    this.#nowMs = Math.max(this.#nowMs, endMs)
  }
}
