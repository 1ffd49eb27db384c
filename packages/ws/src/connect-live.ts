import {
  type Clock,
  checkTimeout,
  type Deadlines,
  type LiveSessionEvent,
  type LiveSessionOptions,
  messageOf,
  mustBe,
  refuseOthers,
} from '@livegate/core/session'
import {
  type EndpointOptions,
  endpointOf,
  type LiveConfig,
  type LiveServerMessage,
  toSetup,
  withoutSecrets,
} from '@livegate/core/wire'
import { bindSocket, notOpen } from './bind-socket.ts'
import { platformClock } from './platform-clock.ts'
import { Session } from './session.ts'
import { loadWs, openSocket, type Socket, type SocketFactory, type SocketHeaders } from './socket.ts'

/** Called with the socket's events, after the session. A callback that throws stops nothing; the error is reported to `onerror`. */
export interface LiveCallbacks {
  readonly onopen?: (() => void) | undefined
  /** Called with every message from the server, from `setupComplete` until the session is closed. Audio is decoded. */
  readonly onmessage?: ((message: LiveServerMessage) => void) | undefined
  /** Called for a frame that cannot be read and a callback that threw, which end nothing, and for the socket's error, which ends it. */
  readonly onerror?: ((event: { readonly error: unknown; readonly message: string }) => void) | undefined
  /** Called once, at the end: with the server's code and reason, 1000 after `close`, or 1006 without a close frame. */
  readonly onclose?: ((event: { readonly code: number; readonly reason: string }) => void) | undefined
}

/** `malformed-frame`: a message from the server could not be read and was ignored. `callback-failed`: a callback threw. */
export type ConnectLiveEvent =
  | LiveSessionEvent
  | { readonly type: 'malformed-frame'; readonly problem: string }
  | { readonly type: 'callback-failed'; readonly error: unknown }

/** Time limits, in milliseconds; `Infinity` for none. */
export interface ConnectionDeadlines extends Deadlines {
  /** For opening the socket. Default 10 000. */
  readonly connectMs?: number | undefined
  /**
   * For silence of the server. After each silent quarter of this time the server is pinged; if nothing comes in all of it, not even a
   * pong, the connection is ended. Default 120 000, because a pong can take 30 s.
   */
  readonly silenceMs?: number | undefined
}

/** The options of a connection, and those of a `LiveSession` from `@livegate/core/session`. */
export interface ConnectLiveOptions extends EndpointOptions, Omit<LiveSessionOptions, 'setup' | 'clock'> {
  readonly model: string
  /** With the SDK's names: `responseModalities`, `systemInstruction`, `tools`, … */
  readonly config?: LiveConfig | undefined
  /** Sent when the socket is opened; those of `vertexEndpoint` carry the token. Sockets of browsers and workers refuse them. */
  readonly headers?: SocketHeaders | undefined
  /** Called with the socket's events and the server's messages. Default: none. */
  readonly callbacks?: LiveCallbacks | undefined
  /** How long things may take. Default: see {@link ConnectionDeadlines} and {@link Deadlines}. */
  readonly deadlines?: ConnectionDeadlines | undefined
  /** Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Stops connecting when it is aborted, or later ends the session. */
  readonly signal?: AbortSignal | undefined
  /** Makes the socket in place of `ws`: the platform's `WebSocket`, or an arrow function that returns a socket. */
  readonly webSocket?: SocketFactory | undefined
  /** Called with everything that happens, from the first moment. Whatever it throws is printed with `console.error`. */
  readonly onEvent?: ((event: ConnectLiveEvent) => void) | undefined
}

/**
 * Connects to the Live API. The session holds input while blocking calls are pending. Whether a call blocks is decided by its
 * declaration, else by the model's profile; calls of an unknown model block (G10).
 *
 * @throws {LivegateError} `invalid-options` or `undeclared-tool`, before anything is connected. `closed`, if the server cannot be
 * reached or closes, or a deadline passes, before the session is set up. No error contains a credential.
 * @throws the reason of `signal`, if it is aborted before that.
 */
export async function connectLive(options: ConnectLiveOptions): Promise<Session> {
  // The session refuses an option that it does not know, so it gets only what is left of these.
  const {
    apiKey,
    accessToken,
    url,
    model,
    config,
    headers,
    callbacks,
    signal,
    webSocket,
    onEvent,
    clock = platformClock,
    deadlines,
    ...ofSession
  } = options
  const { onopen, onmessage, onerror, onclose, ...others } = callbacks ?? {}
  refuseOthers('callbacks.', others)
  for (const [name, callback] of Object.entries(callbacks ?? {})) {
    mustBe(callback == null || typeof callback === 'function', `callbacks.${name}`, 'a function', callback)
  }
  const { connectMs = 10_000, silenceMs = 120_000, ...deadlinesOfSession } = deadlines ?? {}
  checkTimeout('deadlines.connectMs', connectMs)
  checkTimeout('deadlines.silenceMs', silenceMs)
  mustBe(signal == null || signal.throwIfAborted, 'signal', 'an AbortSignal', signal)
  mustBe(onEvent == null || typeof onEvent === 'function', 'onEvent', 'a function', onEvent)
  // A `Headers`, or a text, has no fields: nothing of it would be sent.
  mustBe(!(Symbol.iterator in Object(headers)), 'headers', 'a plain object', '…')
  const address = endpointOf(options)
  // A copy, to know these credentials when the session ends: the caller may put those of the next one into its object.
  const own = { ...options }
  const session = new Session({
    ...ofSession,
    clock,
    deadlines: typeof deadlines === 'object' ? deadlinesOfSession : deadlines,
    setup: toSetup(model, config),
  })
  // biome-ignore lint/suspicious/noConsole: the last resort: a failed listener must not go unnoticed
  session.on('listener-failed', ({ error }) => console.error(error))
  if (onEvent) session.onEvent(onEvent)
  const notSetUp = (why: string): unknown =>
    signal?.aborted ? signal.reason : notOpen(`until it is set up (${why})`)
  let socket: Socket
  try {
    const factory = webSocket ?? (await loadWs())
    // It may have been aborted before, or meanwhile.
    signal?.throwIfAborted()
    socket = openSocket(address, headers, factory)
  } catch (error) {
    throw notSetUp(withoutSecrets(messageOf(error), own))
  }
  return new Promise((resolve, reject) => {
    const end = (): void => session.close()
    session.on('setup-complete', () => resolve(session))
    session.on('session-closed', ({ report: { code, reason } }) => {
      signal?.removeEventListener('abort', end)
      reject(notSetUp(`${code ?? 'closed from here'}: ${reason || 'no reason'}`))
    })
    signal?.addEventListener('abort', end)
    bindSocket(session, socket, own, clock, connectMs, silenceMs)
  })
}
