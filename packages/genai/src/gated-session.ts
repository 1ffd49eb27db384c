import type { LiveSendRealtimeInputParameters, LiveSendToolResponseParameters } from '@google/genai'
import type { FunctionResponse, Verdict } from '@livegate/core'
import type { LiveSession, ToolResponseReport } from '@livegate/core/session'
import type { SdkSession } from './open-connection.ts'

/** What a gated session has besides the SDK's own members. */
export interface Gated extends Pick<LiveSession, 'gate' | 'calls' | 'on' | 'onEvent' | 'snapshot'> {
  /**
   * Offers an input. The verdict says whether it was sent, is held, or was dropped and why; once the connection closes, input is dropped.
   *
   * @throws {LivegateError} `invalid-input`, naming the field and what it holds; nothing is sent then.
   */
  sendRealtimeInput(params: LiveSendRealtimeInputParameters): Verdict
  /**
   * Answers calls by hand. A missing `name` is filled in; a response to a settled call is not sent, but reported as suppressed.
   *
   * @throws {LivegateError} `unknown-call` or `invalid-response`, naming the field and what it holds; nothing is sent then. `closed`, while
   * the connection closes: the calls are lost then.
   */
  sendToolResponse(params: LiveSendToolResponseParameters): ToolResponseReport
}

/** The SDK's session, gated. */
export type GatedSession<Bare extends SdkSession> = Gated & Bare

/**
 * A copy of the SDK's session with methods of its own: `instanceof`, `conn` and whatever comes new stay the SDK's. What holds the
 * key is not shown to who prints it.
 */
export function gatedSession<Bare extends SdkSession>(bare: Bare, session: LiveSession): GatedSession<Bare> {
  const own: Gated & Pick<SdkSession, 'sendClientContent' | 'close'> = {
    gate: session.gate,
    calls: session.calls,
    on: (type, listener) => session.on(type, listener),
    onEvent: (listener) => session.onEvent(listener),
    snapshot: () => session.snapshot(),
    sendRealtimeInput: (params) => session.sendRealtimeInput(params),
    sendToolResponse: (params) =>
      session.sendToolResponse(params as { functionResponses: FunctionResponse | FunctionResponse[] }),
    sendClientContent: (params = {}) => session.send('clientContent', params),
    close: () => session.close(),
  }
  const contextUpdate = bare.sendContextUpdate && {
    sendContextUpdate: (params: object) => session.send('contextUpdate', params),
  }
  const { apiClient, ...shown } = bare as Bare & { readonly apiClient?: unknown }
  const copy = Object.assign(Object.create(Object.getPrototypeOf(bare)), shown, own, contextUpdate)
  if (apiClient !== undefined) {
    // By a getter: who prints what is hidden as well is shown that there is one, and not what it gives. New and not in the place of a
    // field, after which V8 would look up each method in a table.
    Object.defineProperty(copy, 'apiClient', { get: () => apiClient, enumerable: false })
  }
  return copy
}
