import type { Clock } from '@livegate/core/session'
import type { Socket } from './socket.ts'

/** Pongs of the real server were seen to take 8 to 30 s: a ping that is not answered at once says nothing. */
const quarters = 4

/** The watch over a server's silence. */
export interface KeepAlive {
  /** Something came. */
  heard(): void
  stop(): void
}

/**
 * Pings a server that has been silent for a quarter of `silenceMs`, and ends the connection when nothing at all has come for all of
 * it. A socket that cannot ping is left to itself.
 *
 * @param socket is open.
 * @param onSilent is called before the connection is ended.
 */
export function keepAlive(socket: Socket, clock: Clock, silenceMs: number, onSilent: () => void): KeepAlive {
  const everyMs = silenceMs / quarters
  let silent = 0
  let stop = (): void => {}
  const heard = (): void => {
    // The quarter that is under way is not a silent one.
    silent = -1
  }
  const wait = (): void => {
    stop = clock.setTimer(everyMs, () => {
      if (++silent === quarters) {
        onSilent()
        socket.terminate?.()
      } else {
        if (silent > 0) socket.ping?.()
        wait()
      }
    })
  }
  if (socket.ping && everyMs < Number.POSITIVE_INFINITY) {
    // Bun's own has only the second; that of `ws` takes no pong by it.
    if (socket.on) socket.on('pong', heard)
    else socket.addEventListener?.('pong' as never, heard)
    wait()
  }
  return { heard, stop: () => stop() }
}
