import type {
  FunctionDeclaration,
  LiveCallbacks,
  LiveClientContextUpdate,
  LiveConnectConfig,
  LiveConnectParameters,
  LiveSendClientContentParameters,
  LiveSendRealtimeInputParameters,
  LiveSendToolResponseParameters,
  Session,
} from '@google/genai'
import {
  type CallBehavior,
  type FunctionResponse,
  type InputGate,
  type InputPolicy,
  type Profile,
  profileFor,
  type ToolCallTracker,
  type Verdict,
} from '@livegate/core'
import {
  type Clock,
  type Deadlines,
  declarationsOf,
  LiveSession,
  type LiveSessionEvent,
  type ToolResponseReport,
  type Tools,
  type Transport,
} from '@livegate/core/session'
import { guardFrames } from './frame-guard.ts'
import { platformClock } from './platform-clock.ts'

/** What is needed of the SDK's session; its own class is one, and so is that of another copy of the SDK. */
export type SdkSession = Pick<
  Session,
  'sendRealtimeInput' | 'sendClientContent' | 'sendToolResponse' | 'close'
> & { sendContextUpdate?: Session['sendContextUpdate'] }

/** What is needed of a `GoogleGenAI` client. */
export interface SdkClient<Bare extends SdkSession> {
  readonly live: { connect(params: LiveConnectParameters): Promise<Bare> }
  readonly vertexai?: boolean
}

/** What a gated session has beside the SDK's own. */
export interface Gated {
  /** Decides what input may leave. */
  readonly gate: InputGate
  /** Knows the calls, by id. */
  readonly calls: ToolCallTracker
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

export interface ConnectLiveOptions {
  /** What becomes of input while a call is pending. Default `holdInput()`. */
  readonly policy?: InputPolicy
  /** Handlers, or tools, by name; their calls are run and answered. Calls of other tools are answered by hand. */
  readonly tools?: Tools
  /** What is known of the server. Default: `profileFor(model)`; give your own for a model that it does not know. */
  readonly profile?: Profile
  /** How long calls may be pending. */
  readonly deadlines?: Deadlines
  /** Is told what happens. What it throws is its own affair and stops nothing. */
  readonly onEvent?: (event: ConnectLiveEvent) => void
  /** Default: the platform's timers. */
  readonly clock?: Clock
}

/**
 * Connects as `ai.live.connect(params)` does, to a session that shuts its input while calls that block are pending: those that
 * are declared so, else those of models whose calls do, else all (G10).
 *
 * The session is the SDK's own with its sending methods gated. `params` is what the SDK takes; its `onmessage` sees every
 * message, after the gate has. An `onmessage` that throws, and a frame that is no JSON, end neither process nor session: they
 * go to `onEvent` and to `callbacks.onerror`.
 *
 * @throws {LivegateError} `invalid-options` or `undeclared-tool`, before anything is connected.
 * @throws what the SDK throws, when it cannot connect.
 */
export async function connectLive<Bare extends SdkSession>(
  ai: SdkClient<Bare>,
  params: LiveConnectParameters,
  { clock = platformClock, onEvent, ...options }: ConnectLiveOptions = {},
): Promise<GatedSession<Bare>> {
  let bare: Bare | undefined
  const config = withDeclarations(params.config, options.tools)
  const { names, areAll, behaviors } = declared(config?.tools)
  const session = new LiveSession({
    profile: profileFor(params.model, ai.vertexai ? 'vertex' : 'gemini-api'),
    ...options,
    behaviors,
    ...(areAll && { declaredTools: names }),
    transport: transportOver(() => bare),
    clock,
    ...(onEvent && { onEvent }),
  })
  const fail = (event: ConnectLiveEvent, error: unknown): void => {
    try {
      onEvent?.(event)
    } catch {
      // What listens must not stop what it listens to (G3).
    }
    reportTo(params.callbacks, error)
  }
  const live = guardFrames(ai.live, (problem) => {
    fail({ type: 'malformed-frame', problem }, new Error(`a frame of the server was passed over: ${problem}`))
  })
  try {
    bare = await live.connect({
      ...params,
      ...(config && { config }),
      callbacks: wrapCallbacks(params.callbacks, session, (error) =>
        fail({ type: 'callback-failed', error }, error),
      ),
    })
  } catch (error) {
    session.closed()
    throw error
  }
  session.opened()
  return gated(bare, session)
}

/** The caller's setup, with the tools declared that tell their parameters and that it does not declare itself. */
function withDeclarations(
  config: LiveConnectConfig | undefined,
  tools: Tools = {},
): LiveConnectConfig | undefined {
  const declarations = declarationsOf(tools, declared(config?.tools).names)
  if (declarations.length === 0) return config
  const functionDeclarations = declarations as FunctionDeclaration[]
  return { ...config, tools: [...(config?.tools ?? []), { functionDeclarations }] }
}

/** What a setup declares of its tools. The names are complete only where no tool keeps its own, as those of MCP do. */
function declared(tools: LiveConnectConfig['tools'] = []): {
  readonly names: readonly string[]
  readonly areAll: boolean
  readonly behaviors: ReadonlyMap<string, CallBehavior>
} {
  const names: string[] = []
  const behaviors = new Map<string, CallBehavior>()
  let areAll = tools.length > 0
  for (const tool of tools) {
    if ('callTool' in tool) {
      areAll = false
      continue
    }
    for (const { name, behavior } of tool.functionDeclarations ?? []) {
      if (name === undefined) continue
      names.push(name)
      if (behavior === 'BLOCKING' || behavior === 'NON_BLOCKING') behaviors.set(name, behavior)
    }
  }
  return { names, areAll, behaviors }
}

function transportOver(bareOf: () => SdkSession | undefined): Transport {
  return {
    send(type, body) {
      const bare = bareOf()
      if (!bare) throw new Error('the connection is not set up')
      // The method of each message; the bodies are the SDK's own parameters.
      switch (type) {
        case 'realtimeInput':
          return bare.sendRealtimeInput(body as LiveSendRealtimeInputParameters)
        case 'toolResponse':
          return bare.sendToolResponse(body as unknown as LiveSendToolResponseParameters)
        case 'clientContent':
          return bare.sendClientContent(body as LiveSendClientContentParameters)
        case 'contextUpdate':
          return bare.sendContextUpdate?.(body as LiveClientContextUpdate)
      }
    },
    close: () => bareOf()?.close(),
  }
}

/** The caller's callbacks, looked up when they are needed, as the SDK does, and told after the session (G1). */
function wrapCallbacks(
  callbacks: LiveCallbacks,
  session: LiveSession,
  onFailure: (error: unknown) => void,
): LiveCallbacks {
  const guarded = (run: () => unknown): void => {
    try {
      const result = run()
      // An async callback fails later, and as silently deadly.
      if (result instanceof Promise) result.catch(onFailure)
    } catch (error) {
      onFailure(error)
    }
  }
  return {
    onopen: () => guarded(() => callbacks.onopen?.()),
    onmessage: (message) => {
      session.receive(message)
      guarded(() => callbacks.onmessage(message))
    },
    onerror: (event) => guarded(() => callbacks.onerror?.(event)),
    onclose: (event) => {
      session.closed()
      guarded(() => callbacks.onclose?.(event))
    },
  }
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
