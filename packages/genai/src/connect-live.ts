import type { LiveCallbacks, LiveConnectParameters } from '@google/genai'
import type { LivegateError } from '@livegate/core'
import { type LiveSession, messageOf } from '@livegate/core/session'
import { attempt } from './attempt.ts'
import { checkClient, checkOptions } from './check-arguments.ts'
import { type ConnectLiveEvent, connectSession, type SessionOptions } from './connect-session.ts'
import type { GatedSession } from './gated-session.ts'
import type { SdkClient, SdkSession } from './open-connection.ts'

/** The options of a `LiveSession` from `@livegate/core/session`, without those that the adapter sets. */
export interface ConnectLiveOptions extends SessionOptions {
  /** Stops connecting when it is aborted, or later ends the session. */
  readonly signal?: AbortSignal | undefined
  /** Called with everything that happens, from the first moment. Whatever it throws is printed with `console.error`. */
  readonly onEvent?: ((event: ConnectLiveEvent) => void) | undefined
}

/**
 * Connects as `ai.live.connect(params)` does. The session holds input while blocking calls are pending. Whether a call blocks is decided
 * by its declaration, else by the model's profile; calls of an unknown model block (G10).
 *
 * The session is the SDK's own, with its sending methods gated. `params` are the SDK's. Their `onmessage` gets every message, after the
 * gate. An `onmessage` that throws, and a frame that the SDK cannot read, end neither the process nor the session: both are reported to
 * `onEvent` and `callbacks.onerror`. With an SDK that is not built like the tested versions, the session works as well as it can, and
 * `onEvent` is told what is missing.
 *
 * @throws {LivegateError} `invalid-options` or `undeclared-tool`, before anything is connected. `closed`, if the server closes, or
 * `deadlines.setupMs` passes, before the session is set up.
 * @throws the reason of `signal`, if it is aborted before that.
 * @throws what the SDK throws, if it cannot connect.
 */
export async function connectLive<Bare extends SdkSession>(
  ai: SdkClient<Bare>,
  params: LiveConnectParameters,
  given: ConnectLiveOptions = {},
): Promise<GatedSession<Bare>> {
  checkClient(ai)
  checkOptions(given)
  const { onEvent, signal, ...options } = given
  signal?.throwIfAborted()
  // Not to `onerror`: many programs give up there, and they may never need what is missing.
  const onUnsupported = (error: LivegateError): void =>
    attempt(() => onEvent?.({ type: 'unsupported-sdk', error }))
  const connecting = connectSession(ai, params, options, {
    lost: new Set(),
    onSession: (session) => {
      if (onEvent) session.onEvent(onEvent)
      if (signal) endOnAbort(session, signal)
    },
    onFailure: (event, error) => {
      attempt(() => onEvent?.(event))
      reportTo(params.callbacks, error)
    },
    onUnsupported,
    onBypassed: onUnsupported,
  })
  return connecting.catch((error: unknown) => {
    throw signal?.aborted ? signal.reason : error
  })
}

function endOnAbort(session: LiveSession, signal: AbortSignal): void {
  const end = (): void => session.close()
  signal.addEventListener('abort', end)
  session.on('session-closed', () => signal.removeEventListener('abort', end))
}

type SocketErrorEvent = Parameters<NonNullable<LiveCallbacks['onerror']>>[0]

/** Reports to the caller's `onerror`, or to the console if there is none: a failed callback must not go unnoticed. */
function reportTo(callbacks: LiveCallbacks, error: unknown): void {
  const event = { type: 'error', error, message: messageOf(error) } as SocketErrorEvent
  if (callbacks.onerror) attempt(() => callbacks.onerror?.(event))
  // biome-ignore lint/suspicious/noConsole: the last resort
  else console.error(error)
}
