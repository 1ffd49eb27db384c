/** Wakes its owner later. Handed in by whoever builds a session, so that core sets no timer of its own (G11). */
export interface Clock {
  /** Calls `wake` once, after `delayMs` milliseconds; the function that is returned calls it off. */
  setTimer(delayMs: number, wake: () => void): () => void
}
