/** Where the emulator gets its time from. Tests hand in a clock that they advance by hand. */
export interface Clock {
  /** Milliseconds on a scale that never goes back; only differences are used. */
  now(): number
  /**
   * Calls `wake` once, `delayMs` milliseconds from now and never before this call has returned.
   * Returns the canceller; cancelling after `wake` has run does nothing.
   */
  setTimer(delayMs: number, wake: () => void): () => void
}

/** The platform's monotonic clock and timers. */
export const platformClock: Clock = {
  now: () => performance.now(),
  setTimer: (delayMs, wake) => {
    const timer = setTimeout(wake, delayMs)
    return () => clearTimeout(timer)
  },
}
