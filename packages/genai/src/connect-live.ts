import type { LiveCallbacks, LiveConnectParameters } from '@google/genai'
import { attempt, messageOf } from './attempt.ts'
import { checkClient, checkOptions } from './check-arguments.ts'
import { type ConnectLiveEvent, connectSession, type SessionOptions } from './connect-session.ts'
import type { GatedSession } from './gated-session.ts'
import type { SdkClient, SdkSession } from './open-connection.ts'

/** What a session takes, less what the adapter knows: see `LiveSession` of `@livegate/core/session`. */
export interface ConnectLiveOptions extends SessionOptions {
  /** Is told what happens, from the first moment. What it throws is its own affair and stops nothing. */
  readonly onEvent?: (event: ConnectLiveEvent) => void
}

/**
 * Connects as `ai.live.connect(params)` does, to a session that shuts its input while calls that block are pending: those that
 * are declared so, else those of models whose calls do, else all (G10).
 *
 * The session is the SDK's own with its sending methods gated. `params` is what the SDK takes; its `onmessage` sees every
 * message, after the gate has. An `onmessage` that throws, and a frame that is no JSON, end neither process nor session: they
 * go to `onEvent` and to `callbacks.onerror`.
 *
 * @throws {LivegateError} `invalid-options` or `undeclared-tool`, before anything is connected; `closed`, when the server closes, or
 * `deadlines.setupMs` is over, before it is set up.
 * @throws what the SDK throws, when it cannot connect.
 */
export async function connectLive<Bare extends SdkSession>(
  ai: SdkClient<Bare>,
  params: LiveConnectParameters,
  given: ConnectLiveOptions = {},
): Promise<GatedSession<Bare>> {
  checkClient(ai)
  checkOptions(given)
  const { onEvent, ...options } = given
  return connectSession(ai, params, options, {
    onSession: (session) => {
      if (onEvent) session.onEvent(onEvent)
    },
    onFailure: (event, error) => {
      attempt(() => onEvent?.(event))
      reportTo(params.callbacks, error)
    },
  })
}

type SocketErrorEvent = Parameters<NonNullable<LiveCallbacks['onerror']>>[0]

/** To the caller's `onerror`; without one to the console, because nobody may be left unaware of a failed callback. */
function reportTo(callbacks: LiveCallbacks, error: unknown): void {
  const event = { type: 'error', error, message: messageOf(error) } as SocketErrorEvent
  // What it throws is lost: it has had its chance.
  if (callbacks.onerror) attempt(() => callbacks.onerror?.(event))
  // biome-ignore lint/suspicious/noConsole: the last resort
  else console.error(error)
}
