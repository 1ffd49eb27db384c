import { LivegateError } from '@livegate/core'
import type { Deadlines, LiveSessionEvent, LiveSessionOptions } from '@livegate/core/session'
import {
  type EndpointOptions,
  endpointOf,
  type LiveConfig,
  type LiveServerMessage,
  toSetup,
  withoutSecrets,
} from '@livegate/core/wire'
import { bindSocket, messageOf } from './bind-socket.ts'
import { platformClock } from './platform-clock.ts'
import { Session } from './session.ts'
import { loadWs, openSocket, type SocketFactory, type SocketHeaders } from './socket.ts'

/** Called with what the socket reports, after the session has heard of it. What one throws stops nothing, and is reported to `onerror`. */
export interface LiveCallbacks {
  readonly onopen?: () => void
  /** Every message of the server, starting with `setupComplete`; audio is decoded. */
  readonly onmessage?: (message: LiveServerMessage) => void
  readonly onerror?: (event: { readonly error: unknown; readonly message: string }) => void
  readonly onclose?: (event: { readonly code: number; readonly reason: string }) => void
}

/** `malformed-frame`: a message of the server could not be read and was ignored. `callback-failed`: a callback threw. */
export type ConnectLiveEvent =
  | LiveSessionEvent
  | { readonly type: 'malformed-frame'; readonly problem: string }
  | { readonly type: 'callback-failed'; readonly error: unknown }

/** How long things may take, in milliseconds; `Infinity` for ever. */
export interface ConnectionDeadlines extends Deadlines {
  /** Until the socket is open. Default 10 000. */
  readonly connectMs?: number
  /**
   * While nothing comes from the server, not even the answer to a ping, one of which is sent after each silent quarter of it; at the
   * deadline the connection is given up. Default 120 000, because an answer can take 30 s.
   */
  readonly silenceMs?: number
}

/** The options of a connection, and those of a `LiveSession` of `@livegate/core/session`. */
export interface ConnectLiveOptions extends EndpointOptions, Partial<Omit<LiveSessionOptions, 'setup'>> {
  readonly model: string
  /** With the SDK's names: `responseModalities`, `systemInstruction`, `tools`, … */
  readonly config?: LiveConfig
  readonly headers?: SocketHeaders
  readonly callbacks?: LiveCallbacks
  readonly deadlines?: ConnectionDeadlines
  /** Stops connecting, or later ends the session. */
  readonly signal?: AbortSignal
  /** Instead of `ws`: the platform's `WebSocket`, or an arrow function that makes a socket. */
  readonly webSocket?: SocketFactory
  /** Called with everything that happens, from the first moment. Whatever it throws is ignored. */
  readonly onEvent?: (event: ConnectLiveEvent) => void
}

/**
 * Connects to the Live API, to a session that holds its input while blocking calls are pending. The declaration decides whether a call
 * blocks, else the model's profile; the calls of an unknown model block (G10).
 *
 * @throws {LivegateError} `invalid-options` or `undeclared-tool`, before anything is connected; `closed`, when the server cannot be
 * reached or closes, or a deadline passes, before the session is set up. No error contains a credential.
 * @throws the reason of `signal`, when it is aborted before that.
 */
export async function connectLive(options: ConnectLiveOptions): Promise<Session> {
  const { model, config, headers, signal, webSocket, clock = platformClock, onEvent } = options
  const url = endpointOf(options)
  const session = new Session({
    ...options,
    clock,
    setup: toSetup(model, config),
  })
  if (onEvent) session.onEvent(onEvent)
  const refuse = (error: unknown): never => {
    throw notOpen(withoutSecrets(messageOf(error), options))
  }
  const factory = webSocket ?? (await loadWs().catch(refuse))
  signal?.throwIfAborted()
  return new Promise((resolve, reject) => {
    const end = (): void => session.close()
    session.on('setup-complete', () => resolve(session))
    session.on('session-closed', ({ report: { code, reason } }) => {
      signal?.removeEventListener('abort', end)
      reject(
        signal?.aborted ? signal.reason : notOpen(`${code ?? 'closed from here'}: ${reason || 'no reason'}`),
      )
    })
    signal?.addEventListener('abort', end)
    try {
      bindSocket(session, openSocket(url, headers, factory), { ...options, clock })
    } catch (error) {
      refuse(error)
    }
  })
}

function notOpen(why: string): LivegateError {
  return new LivegateError('closed', 'connection', `open until it is set up (${why})`, 'closed')
}
