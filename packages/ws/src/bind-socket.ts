import { LivegateError } from '@livegate/core'
import type { Clock, LiveSession } from '@livegate/core/session'
import { readFrame, withoutSecrets, writeFrame } from '@livegate/core/wire'
import type { ConnectLiveEvent, ConnectLiveOptions } from './connect-live.ts'
import { type KeepAlive, keepAlive } from './keep-alive.ts'
import type { Socket } from './socket.ts'

/** The `readyState` of a socket that opens, and of one that takes frames; any other drops them without a word, or throws. */
const connecting = 0
const open = 1

/** Connects a session by a socket that is opening: what the socket tells goes to the session, then to the callbacks (G1). */
export function bindSocket(
  session: Pick<LiveSession, 'connect'>,
  socket: Socket,
  {
    callbacks = {},
    deadlines = {},
    onEvent,
    clock,
    ...endpoint
  }: ConnectLiveOptions & { readonly clock: Clock },
): void {
  const { connectMs = 10_000, silenceMs = 120_000 } = deadlines
  const report = (event: ConnectLiveEvent, error: unknown): void => {
    attempt(() => onEvent?.(event))
    // JavaScript may have given `null`.
    if (callbacks?.onerror) attempt(() => callbacks.onerror?.({ error, message: messageOf(error) }))
    // biome-ignore lint/suspicious/noConsole: the last resort; nobody may be left unaware of a failed callback
    else console.error(error)
  }
  const guarded = (run: () => unknown): void =>
    attempt(run, (error) => report({ type: 'callback-failed', error }, error))
  /** Why the connection ends, where no close frame says so; what fails last often only follows from it. */
  let failure = ''
  const connection = session.connect({
    send(type, body) {
      if (socket.readyState !== open) {
        throw new LivegateError('closed', 'connection', `open to send ${type}`, 'closed')
      }
      socket.send(writeFrame(type, body))
    },
    close(reason = '') {
      failure = reason
      // What was sent before leaves before the close frame.
      socket.close(1000)
    },
    get bufferedAmount() {
      return socket.bufferedAmount
    },
  })
  let watch: KeepAlive | undefined
  const callOff =
    connectMs < Number.POSITIVE_INFINITY
      ? clock.setTimer(connectMs, () => {
          failure = `no connection within ${connectMs / 1000} s`
          connection.closed({ reason: failure })
          socket.close()
        })
      : () => {}
  socket.onopen = () => {
    callOff()
    watch = keepAlive(socket, clock, silenceMs, () => {
      failure = `nothing came from the server for ${silenceMs / 1000} s`
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
      report(
        { type: 'malformed-frame', problem },
        new Error(`a frame of the server was passed over: ${problem}`),
      )
    }
  }
  socket.onerror = ({ message = 'the socket failed' }: { readonly message?: string }) => {
    const problem = withoutSecrets(message, endpoint)
    failure ||= problem
    guarded(() => callbacks.onerror?.({ error: new Error(problem), message: problem }))
    // The platform's socket of Node 22 tells no end of what never opened, and stays as it is.
    if (socket.readyState === connecting) end({ code: 1006 })
  }
  const end = ({ code, reason }: { readonly code: number; readonly reason?: string }): void => {
    callOff()
    watch?.stop()
    const close = { code, reason: withoutSecrets(reason || failure, endpoint) }
    connection.closed(close)
    guarded(() => callbacks.onclose?.(close))
  }
  socket.onclose = end
}

/** Runs what is the caller's own: neither what it throws nor a promise that it rejects ends anything (G3). */
function attempt(run: () => unknown, onFailure: (error: unknown) => void = () => {}): void {
  try {
    const result = run()
    if (result instanceof Promise) result.catch(onFailure)
  } catch (error) {
    onFailure(error)
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
