import type { Clock } from './clock.ts'
import type { Complete } from './complete.ts'
import type { ConnectionLimit } from './options.ts'

/** What `ConnectionTime` asks of its session. */
export interface ConnectionLimitPort {
  /** Whether the setup has arrived. Before it, the server sends nothing. */
  hasBegun(): boolean
  announce(timeLeftMs: number): void
  end(by: Complete<ConnectionLimit>['end']): void
}

/** Limits the lifetime of a connection, counted from construction. Without a limit it does nothing. */
export class ConnectionTime {
  readonly #timers: readonly (() => void)[]
  #announceLate: () => void = () => {}

  constructor(limit: Complete<ConnectionLimit> | undefined, clock: Clock, port: ConnectionLimitPort) {
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

  /** Reports that the setup has arrived. Sends the goAway if it is overdue. */
  begun(): void {
    this.#announceLate()
  }

  stop(): void {
    for (const cancel of this.#timers) cancel()
  }
}
