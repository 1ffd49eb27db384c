import type { Clock } from '../src/session.ts'

/** A clock that stands still until it is told how late it is. */
export class ManualClock implements Clock {
  // As on every platform, the first moment is no zero: a time that is forgotten or added is not to look like none.
  #nowMs = 5000
  readonly #timers: Set<{ readonly dueMs: number; readonly wake: () => void }> = new Set()

  now(): number {
    return this.#nowMs
  }

  setTimer(delayMs: number, wake: () => void): () => void {
    const timer = { dueMs: this.#nowMs + delayMs, wake }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  get timers(): number {
    return this.#timers.size
  }

  advance(byMs: number): void {
    this.#nowMs += byMs
    for (const timer of [...this.#timers].sort((a, b) => a.dueMs - b.dueMs)) {
      if (timer.dueMs > this.#nowMs || !this.#timers.delete(timer)) continue
      timer.wake()
    }
  }
}

/** Lets everything that waits for a settled promise go on. A chain of promises is a few steps long. */
export async function settled(): Promise<void> {
  for (let step = 0; step < 30; step++) await Promise.resolve()
}
