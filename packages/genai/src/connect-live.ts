import type {
  LiveCallbacks,
  LiveConnectConfig,
  LiveConnectParameters,
  LiveSendRealtimeInputParameters,
  LiveSendToolResponseParameters,
} from '@google/genai'
import { type FunctionResponse, LivegateError, profileFor, type Verdict } from '@livegate/core'
import {
  LiveSession,
  type LiveSessionEvent,
  type LiveSessionOptions,
  type Setup,
  type ToolResponseReport,
} from '@livegate/core/session'
import { openConnection, type SdkClient, type SdkSession } from './open-connection.ts'
import { platformClock } from './platform-clock.ts'

/** What a gated session has beside the SDK's own. */
export interface Gated extends Pick<LiveSession, 'gate' | 'calls' | 'on' | 'onEvent' | 'snapshot'> {
  /**
   * Offers an input. The verdict says whether it was sent, is held, or was dropped and why; after `close` it is dropped.
   *
   * @throws {LivegateError} `invalid-input`, naming the field and what it holds; nothing is sent then.
   */
  sendRealtimeInput(params: LiveSendRealtimeInputParameters): Verdict
  /**
   * Answers calls by hand. A missing `name` is filled in; a response to a call that is settled is not sent, and reported.
   *
   * @throws {LivegateError} `unknown-call` or `invalid-response`, naming the field and what it holds; nothing is sent then.
   */
  sendToolResponse(params: LiveSendToolResponseParameters): ToolResponseReport
}

/** The SDK's session, gated. */
export type GatedSession<Bare extends SdkSession> = Gated & Bare

/** `malformed-frame`: a message of the server was no JSON object and was passed over. `callback-failed`: a callback threw. */
export type ConnectLiveEvent =
  | LiveSessionEvent
  | { readonly type: 'malformed-frame'; readonly problem: string }
  | { readonly type: 'callback-failed'; readonly error: unknown }

/** What a session takes, less what the adapter knows: see `LiveSession` of `@livegate/core/session`. */
export interface ConnectLiveOptions extends Partial<Omit<LiveSessionOptions, 'setup'>> {
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
  { clock = platformClock, onEvent, ...options }: ConnectLiveOptions = {},
): Promise<GatedSession<Bare>> {
  const { model, config, callbacks } = params
  const session = new LiveSession({
    profile: profileFor(model, ai.vertexai ? 'vertex' : 'gemini-api'),
    ...options,
    clock,
    // The parts of the SDK's config that a session reads are the wire's; the model is for the profile alone.
    setup: { ...config, model } as Setup,
  })
  if (onEvent) session.onEvent(onEvent)
  const tools = session.setup.tools as LiveConnectConfig['tools']
  const fail = (event: ConnectLiveEvent, error: unknown): void => {
    try {
      onEvent?.(event)
    } catch {
      // What listens must not stop what it listens to (G3).
    }
    reportTo(callbacks, error)
  }
  const opening = openConnection(
    session,
    ai,
    { ...params, ...(tools && tools !== config?.tools && { config: { ...config, tools } }) },
    {
      onMalformed: (problem) => {
        const error = new Error(`a frame of the server was passed over: ${problem}`)
        fail({ type: 'malformed-frame', problem }, error)
      },
      onCallbackFailed: (error) => fail({ type: 'callback-failed', error }, error),
    },
  )
  let bare: Bare
  try {
    bare = await Promise.race([opening, closing(session)])
  } catch (error) {
    session.close()
    // It may be done later all the same, or fail, and nobody waits for it then.
    opening.catch(() => {})
    throw error
  }
  return gated(bare, session)
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

type SocketErrorEvent = Parameters<NonNullable<LiveCallbacks['onerror']>>[0]

/** To the caller's `onerror`; without one to the console, because nobody may be left unaware of a failed callback. */
function reportTo(callbacks: LiveCallbacks, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error)
  try {
    if (callbacks.onerror) callbacks.onerror({ type: 'error', error, message } as SocketErrorEvent)
    // biome-ignore lint/suspicious/noConsole: the last resort
    else console.error(error)
  } catch {
    // It has had its chance.
  }
}

/** A copy of the SDK's session with methods of its own: `instanceof`, `conn` and whatever comes new stay the SDK's. */
function gated<Bare extends SdkSession>(bare: Bare, session: LiveSession): GatedSession<Bare> {
  const own: Gated & Pick<SdkSession, 'sendClientContent' | 'close'> = {
    gate: session.gate,
    calls: session.calls,
    on: (type, listener) => session.on(type, listener),
    onEvent: (listener) => session.onEvent(listener),
    snapshot: () => session.snapshot(),
    sendRealtimeInput: (params) => session.sendRealtimeInput(params),
    sendToolResponse: (params) =>
      session.sendToolResponse(params as { functionResponses: FunctionResponse | FunctionResponse[] }),
    sendClientContent: (params) => session.send('clientContent', params),
    close: () => session.close(),
  }
  const contextUpdate = bare.sendContextUpdate && {
    sendContextUpdate: (params: object) => session.send('contextUpdate', params),
  }
  return Object.assign(Object.create(Object.getPrototypeOf(bare)), bare, own, contextUpdate)
}
