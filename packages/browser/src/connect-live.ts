import { LivegateError } from '@livegate/core'
import { type Clock, type LiveSessionEvent, type LiveSessionOptions, mustBe } from '@livegate/core/session'
import {
  type EndpointOptions,
  endpointOf,
  type LiveConfig,
  type LiveServerMessage,
  toSetup,
  withoutSecrets,
} from '@livegate/core/wire'
import { bindSocket } from './bind-socket.ts'
import { newListeners, reportUncaught } from './listeners.ts'
import { platformClock } from './platform-clock.ts'
import { Session } from './session.ts'

/** `malformed-frame`: a message from the server could not be read and was ignored. */
export type ConnectLiveEvent =
  | LiveSessionEvent
  | { readonly type: 'malformed-frame'; readonly problem: string }

/** The options of a connection, and those of a `LiveSession` of `@livegate/core/session`. */
export interface ConnectLiveOptions extends EndpointOptions, Omit<LiveSessionOptions, 'setup' | 'clock'> {
  readonly model: string
  /** The setup, with the SDK's names: `responseModalities`, `systemInstruction`, `tools`, … */
  readonly config?: LiveConfig | undefined
  /** Allows an API key, which anyone who opens the page can take and use. Only for pages that nobody but you can open. */
  readonly dangerouslyAllowApiKey?: boolean | undefined
  /** Default: the platform's. */
  readonly clock?: Clock | undefined
  /** Stops connecting, or later ends the session. */
  readonly signal?: AbortSignal | undefined
  /** Called with everything that happens, from the first moment. What it throws is the page's uncaught error, and stops nothing. */
  readonly onEvent?: ((event: ConnectLiveEvent) => void) | undefined
}

/** Of a connection without a close frame a browser does not say why it failed, nor whether there is a server. */
const unknownReason = 'no reason; is the server there, and the token neither used up nor expired?'

/**
 * Connects to the Live API and resolves, once the session is set up, with a session that holds its input while blocking calls are
 * pending. Whether a call blocks is decided by its declaration, else by the model's profile; the calls of an unknown model block (G10).
 *
 * @throws {LivegateError} `api-key-exposed`, `invalid-options` or `undeclared-tool`, before it connects; `closed`, if before the setup is
 * complete the server cannot be reached or closes, or `deadlines.setupMs` passes. No error contains a credential.
 * @throws the reason of `signal`, if it is aborted before the setup is complete.
 */
export async function connectLive(options: ConnectLiveOptions): Promise<Session> {
  // The session refuses an option that it does not know, so it gets only what is left of these.
  const {
    apiKey,
    accessToken,
    url,
    dangerouslyAllowApiKey,
    model,
    config,
    signal,
    onEvent,
    clock = platformClock,
    ...ofSession
  } = options
  // A copy, to know this credential when the session ends: the caller may put that of the next session into its object.
  const endpoint: EndpointOptions = { apiKey, accessToken, url }
  mustBe(signal == null || signal.throwIfAborted, 'signal', 'an AbortSignal', signal)
  mustBe(onEvent == null || typeof onEvent === 'function', 'onEvent', 'a function', onEvent)
  signal?.throwIfAborted()
  const address = endpointOf(endpoint)
  if (!dangerouslyAllowApiKey) refuseKey(endpoint)
  const messages = newListeners<[LiveServerMessage]>()
  const session = new Session({ ...ofSession, clock, setup: toSetup(model, config) }, messages)
  const events = newListeners<[ConnectLiveEvent]>()
  if (onEvent) events.add(onEvent)
  session.on('listener-failed', ({ error }) => reportUncaught(error))
  session.onEvent(events.emit)
  bindSocket(session, openSocket(address, endpoint), endpoint, {
    onMessage: messages.emit,
    onMalformed: (problem) => events.emit({ type: 'malformed-frame', problem }),
  })
  return new Promise((resolve, reject) => {
    const end = (): void => session.close()
    signal?.addEventListener('abort', end)
    session.on('setup-complete', () => resolve(session))
    session.on('session-closed', ({ report: { code, reason } }) => {
      signal?.removeEventListener('abort', end)
      reject(
        signal?.aborted
          ? signal.reason
          : notOpen(
              `${code ?? 'closed from here'}: ${reason || (code === 1006 ? unknownReason : 'no reason')}`,
            ),
      )
    })
  })
}

/** @throws {LivegateError} `api-key-exposed`, for a key in any of the fields. */
function refuseKey({ apiKey, accessToken, url = '' }: EndpointOptions): void {
  const field = apiKey
    ? 'apiKey'
    : accessToken && !accessToken.startsWith('auth_tokens/')
      ? 'accessToken'
      : /[?&]key=/.test(url) && 'url'
  if (field) {
    throw new LivegateError(
      'api-key-exposed',
      field,
      'an accessToken (auth_tokens/…) that your server mints, because a key in a page is public; or set dangerouslyAllowApiKey',
      'a key',
    )
  }
}

/** @throws {LivegateError} `closed`, if the page may not connect there, such as by `ws:` from HTTPS. */
function openSocket(url: string, options: EndpointOptions): WebSocket {
  try {
    const socket = new WebSocket(url)
    // A Blob could be read only later, and out of order.
    socket.binaryType = 'arraybuffer'
    return socket
  } catch (error) {
    throw notOpen(withoutSecrets((error as Error).message, options))
  }
}

function notOpen(why: string): LivegateError {
  return new LivegateError('closed', 'connection', `open until it is set up (${why})`, 'closed')
}
