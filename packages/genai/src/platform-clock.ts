import type { Clock } from '@livegate/core/session'

/** The platform's timers. */
export const platformClock: Clock = {
  setTimer(delayMs, wake) {
    const timer = setTimeout(wake, delayMs)
    return () => clearTimeout(timer)
  },
}
