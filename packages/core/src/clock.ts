/** Tells the time, and sets timers. Handed in by whoever builds a session, so that core has no time of its own (G11). */
export interface Clock {
  /** Milliseconds since a fixed moment of its own choice; never goes back. */
  now(): number
  /** Calls `wake` once, after `delayMs` milliseconds; the returned function cancels it. */
  setTimer(delayMs: number, wake: () => void): () => void
}

/** Sets a timer, unless it is for ever; at once for a moment that has passed, for which Node would warn. */
export function wakeAfter(clock: Clock, delayMs: number, wake: () => void): () => void {
  return delayMs === Number.POSITIVE_INFINITY ? () => {} : clock.setTimer(Math.max(0, delayMs), wake)
}
