import type { LiveConnectConfig, LiveConnectParameters } from '@google/genai'
import { LivegateError, profileFor } from '@livegate/core'
import {
  type Clock,
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
 * `malformed-frame`: a message from the server could not be read and was ignored. `callback-failed`: a callback threw.
 * `unsupported-sdk`: the SDK is not built like the tested versions, and the session goes on without the features that need it; `error`
 * names what is missing. `gateLive` refuses such an SDK; it emits this only if a wrapper around `connect` hides the SDK's socket.
 */
export type ConnectLiveEvent =
  | LiveSessionEvent
  | { readonly type: 'malformed-frame'; readonly problem: string }
  | { readonly type: 'callback-failed'; readonly error: unknown }
  | { readonly type: 'unsupported-sdk'; readonly error: LivegateError }

/** The options of a session, without those that the adapter sets. */
export interface SessionOptions extends Omit<LiveSessionOptions, 'setup' | 'clock'> {
  /** Default: the platform's. */
  readonly clock?: Clock | undefined
}

/** What a session that is being connected is told of others, and whom it tells. */
export interface SessionSurroundings {
  /** The keys of the calls that were lost with earlier connections: see `gatedSession`. */
  readonly lost: ReadonlySet<string>
  /** Called with the session before anything happens to it. */
  readonly onSession: (session: LiveSession) => void
  /** Called with a failure that ends nothing. */
  readonly onFailure: (event: Exclude<ConnectLiveEvent, LiveSessionEvent>, error: unknown) => void
  /** Called once if the SDK is not built like the tested versions. If it throws, connecting fails. */
  readonly onUnsupported: (error: LivegateError) => void
  /** Called instead if a wrapper around the SDK's `connect` leaves this package without the SDK's socket. */
  readonly onBypassed: (error: LivegateError) => void
}

/**
 * Connects as `ai.live.connect(params)` does, to a gated session.
 *
 * @throws {LivegateError} `invalid-options` or `undeclared-tool`, before anything is connected. `closed`, if the server closes, or
 * `deadlines.setupMs` passes, before the session is set up.
 * @throws what the SDK throws, if it cannot connect, and what `onUnsupported` throws.
 */
export async function connectSession<Bare extends SdkSession>(
  ai: SdkClient<Bare>,
  params: LiveConnectParameters,
  { clock = platformClock, profile, ...options }: SessionOptions,
  { lost, onSession, onFailure, onUnsupported, onBypassed }: SessionSurroundings,
): Promise<GatedSession<Bare>> {
  checkParams(params)
  const { model, callbacks } = params
  const config = withInherited(params.config)
  const session = new LiveSession({
    ...options,
    profile: profile === undefined ? profileFor(model, ai.vertexai ? 'vertex' : 'gemini-api') : profile,
    clock,
    // The parts of the SDK's config that a session reads have the wire's form. To the SDK, `null` is an absent list.
    setup: { ...config, tools: config.tools ?? undefined, model } as Setup,
  })
  // biome-ignore lint/suspicious/noConsole: the last resort: a failed listener must not go unnoticed
  session.on('listener-failed', ({ error }) => console.error(error))
  onSession(session)
  // With the declarations that were derived from `parameters`.
  const { tools } = session.setup
  const opening = openConnection(
    session,
    ai,
    { ...params, model, callbacks, config: { ...config, tools } as LiveConnectConfig },
    clock,
    {
      onMalformed: (problem) => {
        const error = new Error(`ignored a frame: ${problem}`)
        onFailure({ type: 'malformed-frame', problem }, error)
      },
      onUnsupported,
      onBypassed,
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
  return gatedSession(bare, session, lost)
}

/** A copy of a config, with what it inherits, such as the getters of its class: the SDK reads that, too. */
function withInherited(config: LiveConnectConfig | undefined): LiveConnectConfig {
  const copy: Record<string, unknown> = { ...config }
  const prototypeOf = (part: object): object | null => Object.getPrototypeOf(part)
  // Up to the `Object.prototype` of any realm.
  for (let part = prototypeOf(Object(config)); part && prototypeOf(part); part = prototypeOf(part)) {
    for (const name of Object.getOwnPropertyNames(part)) {
      const value: unknown = Reflect.get(config as object, name)
      if (typeof value !== 'function') copy[name] = value
    }
  }
  return copy
}

/** Rejects when the session ends. While the SDK connects it may not notice the end: 2.x waits forever. */
function closing(session: LiveSession): Promise<never> {
  return new Promise((_, reject) => {
    session.on('session-closed', ({ report: { code, reason } }) => {
      const expected = `open until it is set up (${code ?? 'closed from here'}: ${reason || 'no reason'})`
      reject(new LivegateError('closed', 'connection', expected, 'closed'))
    })
  })
}
