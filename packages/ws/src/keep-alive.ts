import type { Clock } from '@livegate/core/session'
import type { Socket } from './socket.ts'

/** Pongs of the real server were seen to take 8 to 30 s: a ping that is not answered at once says nothing. */
const quarters = 4

/**
 * Pings a server that has been silent for a quarter of `silenceMs`, and ends the connection when nothing at all has come for all of
 * it. A socket that cannot ping is left to itself.
 */
export class KeepAlive {
  readonly #socket: Socket
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #onSilent: () => void
  #silent = 0
  #callOff: () => void = () => {}

  /** @param onSilent is called before the connection is ended. */
  constructor(socket: Socket, clock: Clock, silenceMs: number, onSilent: () => void) {
    this.#socket = socket
    this.#clock = clock
    this.#everyMs = silenceMs / quarters
    this.#onSilent = onSilent
  }

  start(): void {
    if (!this.#socket.ping || this.#everyMs === Number.POSITIVE_INFINITY) return
    this.#socket.on?.('pong', () => this.heard())
    this.#wait()
  }

  /** Something came. */
  heard(): void {
    // The quarter that is under way is not a silent one.
    this.#silent = -1
  }

  stop(): void {
    this.#callOff()
  }

  #wait(): void {
    this.#callOff = this.#clock.setTimer(this.#everyMs, () => {
      if (++this.#silent === quarters) {
        this.#onSilent()
        this.#socket.terminate?.()
      } else {
        if (this.#silent > 0) this.#socket.ping?.()
        this.#wait()
      }
    })
  }
}
