import type { LiveConnectConfig, LiveConnectParameters } from '@google/genai'
import { LivegateError, profileFor } from '@livegate/core'
import {
  LiveSession,
  type LiveSessionEvent,
  type LiveSessionOptions,
  type Setup,
} from '@livegate/core/session'
import { checkParams } from './check-arguments.ts'
import { type GatedSession, gatedSession } from './gated-session.ts'
import { openConnection, type SdkClient, type SdkSession } from './open-connection.ts'
import { platformClock } from './platform-clock.ts'

/**
 * `malformed-frame`: a message of the server was not a JSON object and was ignored. `callback-failed`: a callback threw.
 * `unsupported-sdk`: the SDK is not built like the tested versions, and the session goes on without what depends on that; `error` names
 * what is missing. Only of `connectLive`: `gateLive` refuses such an SDK.
 */
export type ConnectLiveEvent =
  | LiveSessionEvent
  | { readonly type: 'malformed-frame'; readonly problem: string }
  | { readonly type: 'callback-failed'; readonly error: unknown }
  | { readonly type: 'unsupported-sdk'; readonly error: LivegateError }

/** What a session takes, less what the adapter knows. */
export type SessionOptions = Partial<Omit<LiveSessionOptions, 'setup'>>

/** Where a session tells what happens. */
export interface SessionListeners {
  /** The session is there, and nothing has happened yet. */
  readonly onSession: (session: LiveSession) => void
  /** Something failed that ends nothing; `error` says it in words. */
  readonly onFailure: (event: Exclude<ConnectLiveEvent, LiveSessionEvent>, error: unknown) => void
  /** The SDK is not built like the tested versions; told once. If this throws, there is no session. */
  readonly onUnsupported: (error: LivegateError) => void
}

/**
 * Connects as `ai.live.connect(params)` does, to a gated session.
 *
 * @throws {LivegateError} `invalid-options` or `undeclared-tool`, before anything is connected; `closed`, when the server closes, or
 * `deadlines.setupMs` is over, before it is set up.
 * @throws what the SDK throws, when it cannot connect, and what `onUnsupported` throws.
 */
export async function connectSession<Bare extends SdkSession>(
  ai: SdkClient<Bare>,
  params: LiveConnectParameters,
  { clock = platformClock, profile, ...options }: SessionOptions,
  { onSession, onFailure, onUnsupported }: SessionListeners,
): Promise<GatedSession<Bare>> {
  checkParams(params)
  const { model, config } = params
  const session = new LiveSession({
    ...options,
    profile: profile ?? profileFor(model, ai.vertexai ? 'vertex' : 'gemini-api'),
    clock,
    // The parts of the SDK's config that a session reads are the wire's; the model is for the profile alone.
    setup: { ...config, model } as Setup,
  })
  onSession(session)
  // With the declarations of tools that tell their parameters.
  const { tools } = session.setup
  const opening = openConnection(
    session,
    ai,
    { ...params, config: { ...config, tools } as LiveConnectConfig },
    clock,
    {
      onMalformed: (problem) => {
        const error = new Error(`ignored a frame: ${problem}`)
        onFailure({ type: 'malformed-frame', problem }, error)
      },
      onUnsupported,
      onCallbackFailed: (error) => onFailure({ type: 'callback-failed', error }, error),
    },
  )
  let bare: Bare
  try {
    bare = await Promise.race([opening, closing(session)])
  } catch (error) {
    session.close()
    throw error
  }
  return gatedSession(bare, session)
}

/** Rejects when the session ends, which the SDK may never hear of while it connects (2.x waits for ever). */
function closing(session: LiveSession): Promise<never> {
  return new Promise((_, reject) => {
    session.on('session-closed', ({ report: { code, reason } }) => {
      const expected = `open until it is set up (${code ?? 'closed from here'}: ${reason || 'no reason'})`
      reject(new LivegateError('closed', 'connection', expected, 'closed'))
    })
  })
}
