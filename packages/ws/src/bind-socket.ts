import { LivegateError } from '@livegate/core'
import { type Clock, type LiveSession, messageOf } from '@livegate/core/session'
import { readFrame, withoutSecrets, writeFrame } from '@livegate/core/wire'
import type { ConnectLiveEvent, ConnectLiveOptions } from './connect-live.ts'
import { type KeepAlive, keepAlive } from './keep-alive.ts'
import { answerMs, closingMs, open, type Socket } from './socket.ts'

/** Connects a session over a socket that is opening. Every event of the socket goes first to the session, then to the callbacks (G1). */
export function bindSocket(
  session: Pick<LiveSession, 'connect'>,
  socket: Socket,
  options: ConnectLiveOptions,
  clock: Clock,
  connectMs: number,
  silenceMs: number,
): void {
  // For callers without TypeScript, `null` is none.
  const callbacks = options.callbacks ?? {}
  const report = (event: ConnectLiveEvent, error: unknown): void => {
    attempt(() => options.onEvent?.(event))
    attempt(() =>
      callbacks.onerror
        ? callbacks.onerror({ error, message: messageOf(error) })
        : // biome-ignore lint/suspicious/noConsole: the last resort: a failed callback must not go unnoticed
          console.error(error),
    )
  }
  const guarded = (run: () => unknown): void =>
    attempt(run, (error) => report({ type: 'callback-failed', error }, error))
  /** Why the connection ends, unless a close frame says so. Later failures are often consequences of the first. */
  let failure = ''
  const connection = session.connect({
    send(type, body) {
      if (socket.readyState !== open) {
        // A session sends nothing before its socket opens or after it ends, so the server has closed. It may leave TCP open, for which
        // `ws` waits 30 s, and the platform's socket forever.
        cancelTimer ??= clock.setTimer(closingMs, cut)
        throw notOpen(`to send ${type}`)
      }
      socket.send(writeFrame(type, body))
    },
    close(reason = '') {
      failure ||= reason
      // Until the server has read the close, `ws` goes on to pass on what comes; the platform's socket does not. Nobody could answer it.
      socket.onmessage = null
      // Frames that were sent before leave before the close frame.
      socket.close(1000)
      watch?.stop()
      // Unless it has ended.
      if (socket.onclose) cancelTimer ??= clock.setTimer(answerMs, cut)
    },
    get bufferedAmount() {
      return socket.bufferedAmount
    },
  })
  let watch: KeepAlive | undefined
  /** Cancels the timer that limits opening or closing. */
  let cancelTimer: (() => void) | undefined
  if (connectMs < Infinity) {
    cancelTimer = clock.setTimer(connectMs, () => {
      failure = `no connection within ${connectMs / 1000} s`
      connection.closed({ reason: failure })
      socket.close()
    })
  }
  const cut = (): void => {
    if (socket.terminate) socket.terminate()
    else end({ code: 1006 })
  }
  socket.onopen = () => {
    cancelTimer?.()
    cancelTimer = undefined
    watch = keepAlive(socket, clock, silenceMs, () => {
      failure = `nothing came from the server for ${silenceMs / 1000} s`
      cut()
    })
    connection.opened()
    guarded(() => callbacks.onopen?.())
  }
  socket.onmessage = ({ data }: { readonly data: string | ArrayBuffer | Uint8Array }) => {
    watch?.heard()
    const frame = readFrame(data)
    if ('message' in frame) {
      connection.receive(frame.message)
      guarded(() => callbacks.onmessage?.(frame.message))
    } else {
      const { problem } = frame
      report({ type: 'malformed-frame', problem }, new Error(`ignored a frame: ${problem}`))
    }
  }
  socket.onerror = ({ message }: { readonly message?: string }) => {
    // It has ended. Node 22's own reports two errors if it is closed while it opens.
    if (!socket.onclose) return
    const problem = withoutSecrets(message || 'the connection failed', options)
    failure ||= problem
    guarded(() => callbacks.onerror?.({ error: new Error(problem), message: problem }))
    // An error always ends a socket, but not every socket reports that end: Node 22's own does not if it never opened.
    end({ code: 1006 })
  }
  const end = ({ code, reason }: { readonly code: number; readonly reason?: string }): void => {
    // After an error, most sockets report the end as well; and one that was given up may still get messages.
    socket.onclose = socket.onmessage = null
    cancelTimer?.()
    watch?.stop()
    const close = { code, reason: withoutSecrets(reason || failure, options) }
    connection.closed(close)
    guarded(() => callbacks.onclose?.(close))
  }
  socket.onclose = end
}

/** Runs the caller's code at once; a throw or a rejected promise stops nothing (G3), but is printed unless somebody hears of it. */
const attempt = (
  run: () => unknown,
  // biome-ignore lint/suspicious/noConsole: the last resort: a failed callback must not go unnoticed
  onFailure: (error: unknown) => void = console.error,
): void => {
  try {
    // Not awaited: for every message that would cost a promise, though few callbacks return one.
    const result = run() as Partial<PromiseLike<unknown>> | undefined
    result?.then?.(undefined, onFailure)
  } catch (error) {
    onFailure(error)
  }
}

export function notOpen(why: string): LivegateError {
  return new LivegateError('closed', 'connection', `open ${why}`, 'closed')
}
