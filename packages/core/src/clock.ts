/** Tells the time and sets timers. It is passed in, so that core depends on no clock of its own (G11). */
export interface Clock {
  /** Milliseconds since any fixed moment; never goes back. */
  now(): number
  /** Calls `wake` once, after `delayMs` milliseconds; the returned function cancels it. */
  setTimer(delayMs: number, wake: () => void): () => void
}

/** Sets a timer, unless the delay is infinite. A negative delay counts as 0, because Node would warn about it. */
export function wakeAfter(clock: Clock, delayMs: number, wake: () => void): () => void {
  return delayMs === Infinity ? () => {} : clock.setTimer(Math.max(0, delayMs), wake)
}
