import type { Clock } from '@livegate/core/session'
import type { Socket } from './socket.ts'

/** The real server's pongs have taken 8 to 30 s, so one late pong proves nothing. */
const quarters = 4

/** Watches for a silent server. */
export interface KeepAlive {
  /** Something came from the server. */
  heard(): void
  stop(): void
}

/**
 * Pings a server after each silent quarter of `silenceMs`, and calls `onSilent` once it has been silent for all four. Does nothing for
 * a socket that cannot ping.
 *
 * @param socket is open.
 */
export function keepAlive(socket: Socket, clock: Clock, silenceMs: number, onSilent: () => void): KeepAlive {
  const everyMs = silenceMs / quarters
  let silent = 0
  let stop = (): void => {}
  const heard = (): void => {
    // Not 0: the current quarter is not silent.
    silent = -1
  }
  const wait = (): void => {
    stop = clock.setTimer(everyMs, () => {
      if (++silent === quarters) return onSilent()
      if (silent > 0) socket.ping?.()
      wait()
    })
  }
  if (socket.ping && everyMs < Infinity) {
    // Bun's own socket has only `addEventListener`, by which `ws` reports no pong.
    if (socket.on) socket.on('pong', heard)
    else socket.addEventListener?.('pong' as never, heard)
    wait()
  }
  return { heard, stop: () => stop() }
}
