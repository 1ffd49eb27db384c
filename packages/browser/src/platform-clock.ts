import type { Clock } from '@livegate/core/session'

/** The platform's clock and timers. */
export const platformClock: Clock = {
  now: () => performance.now(),
  setTimer(delayMs, wake) {
    const { setTimeout, clearTimeout } = globalThis
    const timer = setTimeout(wake, delayMs)
    return () => clearTimeout(timer)
  },
}
