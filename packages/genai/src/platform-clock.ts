import type { Clock } from './clock.ts'

/** The platform's timers. */
export const platformClock: Clock = {
  setTimer(delayMs, wake) {
    const timer = setTimeout(wake, delayMs)
    return () => clearTimeout(timer)
  },
}
