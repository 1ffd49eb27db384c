import type { Clock } from '../src/index.ts'

/** A clock that moves only when told to. Timers run in the order of their time. */
export class ManualClock implements Clock {
  #now = 0
  readonly #timers = new Set<{ readonly atMs: number; readonly wake: () => void }>()

  now(): number {
    return this.#now
  }

  setTimer(delayMs: number, wake: () => void): () => void {
    const timer = { atMs: this.#now + Math.max(0, delayMs), wake }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  get pendingTimers(): number {
    return this.#timers.size
  }

  advance(ms: number): void {
    const endMs = this.#now + ms
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined || next.atMs > endMs) break
      this.#timers.delete(next)
      this.#now = next.atMs
      next.wake()
    }
    this.#now = endMs
  }
}
