import type { Clock } from '@livegate/core/session'

/** The platform's clock and timers. */
export const platformClock: Clock = {
  now: () => performance.now(),
  setTimer(delayMs, wake) {
    // Both at once: a test may put timers of its own in their place, which cannot cancel this one.
    const { setTimeout, clearTimeout } = globalThis
    const timer = setTimeout(wake, delayMs)
    return () => clearTimeout(timer)
  },
}
