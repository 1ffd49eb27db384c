/** The emulator's source of time. Tests pass a clock that they advance by hand. */
export interface Clock {
  /** Returns milliseconds on a monotonic scale. Only differences are used. */
  now(): number
  /**
   * Calls `wake` once, `delayMs` milliseconds from now, and never before this call returns.
   * Returns a function that cancels the timer; it does nothing after `wake` has run.
   */
  setTimer(delayMs: number, wake: () => void): () => void
}

/** The platform's monotonic clock and timers, or a test's fake ones while they are on. */
export const platformClock: Clock = {
  now: () => performance.now(),
  setTimer: (delayMs, wake) => {
    // Of one kind, because a test may turn fake timers on meanwhile, and those of node:test cancel no others.
    const { clearTimeout, setTimeout } = globalThis
    const timer = setTimeout(wake, delayMs)
    return () => clearTimeout(timer)
  },
}
