import type { Clock } from '@livegate/core/session'

const { setTimeout, clearTimeout } = globalThis
const now = performance.now.bind(performance)

/** The platform's time and timers as they were when the kit was loaded: the real ones, also where a test then installs fake ones. */
export const realClock: Clock = {
  now,
  setTimer(delayMs, wake) {
    const timer = setTimeout(wake, delayMs)
    return () => clearTimeout(timer)
  },
}
