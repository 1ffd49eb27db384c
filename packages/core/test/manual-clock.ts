import type { Clock } from '../src/session.ts'

/** A clock that only moves when it is advanced. */
export class ManualClock implements Clock {
  // Not zero, as on every platform, so that a time that was forgotten does not look right by chance.
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

/** Lets what waits for settled promises go on, also in chains of up to 30 promises. */
export async function settled(): Promise<void> {
  for (let step = 0; step < 30; step++) await Promise.resolve()
}
