import type { Clock } from './clock.ts'
import type { ConnectionLimit } from './options.ts'

/** What the end of a connection's time leads to. */
export interface ConnectionLimitPort {
  /** Whether the setup has come: nothing is said before. */
  hasBegun(): boolean
  announce(timeLeftMs: number): void
  end(by: Required<ConnectionLimit>['end']): void
}

/** The time that a connection has, from the moment this is made; undefined: no end. */
export class ConnectionTime {
  readonly #timers: readonly (() => void)[]
  #announceLate: () => void = () => {}

  constructor(limit: Required<ConnectionLimit> | undefined, clock: Clock, port: ConnectionLimitPort) {
    if (limit === undefined) {
      this.#timers = []
      return
    }
    const { afterMs, goAwayMs, end } = limit
    const endsAtMs = clock.now() + afterMs
    const announcedMs = Math.min(goAwayMs, afterMs)
    const announce = () => {
      if (port.hasBegun()) port.announce(announcedMs)
      else this.#announceLate = () => port.announce(endsAtMs - clock.now())
    }
    const timers = [clock.setTimer(afterMs, () => port.end(end))]
    this.#timers = goAwayMs === 0 ? timers : [...timers, clock.setTimer(afterMs - announcedMs, announce)]
  }

  /** The setup has come. */
  begun(): void {
    this.#announceLate()
  }

  stop(): void {
    for (const cancel of this.#timers) cancel()
  }
}
