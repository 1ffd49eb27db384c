import type { LiveSendRealtimeInputParameters, LiveSendToolResponseParameters, Session } from '@google/genai'
import { type FunctionResponse, isLivegateError, type Verdict } from '@livegate/core'
import type { LiveSession, ToolResponseReport } from '@livegate/core/session'
import { lostCallKey } from './lost-call.ts'
import type { SdkSession } from './open-connection.ts'

/** What a session of core takes: read-only lists, and the ids of `calls.pending`. */
type ToolResponseParameters = Parameters<LiveSession['sendToolResponse']>[0]

/** The members that a gated session has besides the SDK's own, or in place of them. */
export interface Gated extends Pick<LiveSession, 'gate' | 'calls' | 'on' | 'onEvent' | 'snapshot'> {
  /**
   * Offers an input. The verdict says whether the input was sent, is held, or was dropped and why. Once the connection begins to close,
   * every input is dropped.
   *
   * @throws {LivegateError} `invalid-input`, naming the field and its value; nothing is sent.
   */
  sendRealtimeInput(params: LiveSendRealtimeInputParameters): Verdict
  /**
   * Answers calls by hand. A missing `name` is filled in. A response to a settled call is not sent, but reported as suppressed.
   *
   * @throws {LivegateError} `unknown-call` or `invalid-response`, naming the field and its value; nothing is sent. `closed`, while the
   * connection closes; the calls are lost.
   */
  sendToolResponse(params: LiveSendToolResponseParameters | ToolResponseParameters): ToolResponseReport
}

/**
 * The SDK's session, gated. Its `sendClientContent` and `sendContextUpdate` pass by the gate, and throw a `LivegateError` with the code
 * `closed` once the connection begins to close. `close` first drops what waits; pending calls are lost.
 */
export type GatedSession<Bare extends SdkSession = Session> = Gated & Bare

/**
 * Copies the SDK's session and gates the copy's methods. `instanceof`, `conn` and members of later versions work as in the SDK.
 * Printing the copy does not show the key.
 *
 * @param lost the keys of the calls that were lost with earlier connections of whoever gets the session.
 */
export function gatedSession<Bare extends SdkSession>(
  bare: Bare,
  session: LiveSession,
  lost: ReadonlySet<string>,
): GatedSession<Bare> {
  const own: Gated & Pick<SdkSession, 'sendClientContent' | 'close'> = {
    gate: session.gate,
    calls: session.calls,
    on: (type, listener) => session.on(type, listener),
    onEvent: (listener) => session.onEvent(listener),
    snapshot: () => session.snapshot(),
    sendRealtimeInput: (params) => session.sendRealtimeInput(params),
    sendToolResponse: (params) => answer(session, params, lost),
    // Without parameters, or with `null`, the SDK sends an empty message.
    sendClientContent: (params) => session.send('clientContent', params ?? {}),
    close: () => session.close(),
  }
  const contextUpdate = bare.sendContextUpdate && {
    sendContextUpdate: (params?: object) => session.send('contextUpdate', withToolsInObject(params)),
  }
  const { apiClient, ...shown } = bare as Bare & { readonly apiClient?: unknown }
  const copy = Object.assign(Object.create(Object.getPrototypeOf(bare)), shown, own, contextUpdate)
  if (apiClient !== undefined) {
    // A getter, because `showHidden` prints hidden values but does not call getters. It is added, not put in place of a field: after
    // that V8 would look up every method of the session in a table.
    Object.defineProperty(copy, 'apiClient', { get: () => apiClient, enumerable: false })
  }
  return copy
}

/** For a bare list of tools, which the other adapters take, too, the SDK would send an empty one, and so clear the tools. */
function withToolsInObject(update?: { readonly tools?: unknown }): object {
  const { tools } = update ?? {}
  return Array.isArray(tools) ? { ...update, tools: { tools } } : (update ?? {})
}

/**
 * Answers calls by hand. It is no mistake to answer a call that this session does not know because it was lost with an earlier connection,
 * or came after `close`, before the server had read that: the response is suppressed. Frameworks would take an error for the end of a
 * connection.
 */
function answer(
  session: LiveSession,
  params: ToolResponseParameters,
  lost: ReadonlySet<string>,
): ToolResponseReport {
  try {
    return session.sendToolResponse(params)
  } catch (error) {
    if (!isLivegateError(error) || error.code !== 'unknown-call') throw error
    const isOver = session.snapshot().status === 'closed'
    const own: FunctionResponse[] = []
    const late: ToolResponseReport['suppressed'][number][] = []
    for (const each of [params?.functionResponses].flat()) {
      const { id, name } = each ?? {}
      const shown = id ?? name
      if (shown !== undefined && (isOver || lost.has(lostCallKey(id, name))))
        late.push({ id: shown, reason: 'lost' })
      else own.push(each as FunctionResponse)
    }
    if (late.length === 0) throw error
    const report =
      own.length > 0 ? answer(session, { functionResponses: own }, lost) : { sent: [], suppressed: [] }
    return { ...report, suppressed: [...report.suppressed, ...late] }
  }
}
