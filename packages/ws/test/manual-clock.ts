import type { Clock } from '@livegate/core/session'

/** A clock that stands still until it is told how late it is. */
export class ManualClock implements Clock {
  #nowMs = 0
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

/** Lets everything that waits for a settled promise go on. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
