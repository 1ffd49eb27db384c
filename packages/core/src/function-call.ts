/** The id of a call as the server gave it. `''` and `0` are ids; `undefined` and `null` are none (G8). */
export type CallId = string | number

/** An entry of the wire's `toolCall.functionCalls`. Vertex may leave out the id (js-genai issue 1210). */
export interface FunctionCall {
  readonly id?: CallId | undefined
  readonly name?: string | undefined
  readonly args?: Record<string, unknown> | undefined
}

/** An entry of the wire's `toolResponse.functionResponses`. */
export interface FunctionResponse {
  readonly id?: CallId | undefined
  readonly name?: string | undefined
  /** A JSON object; the keys `output` and `error` have a meaning for the model (generative_service.proto). */
  readonly response?: Record<string, unknown>
  /** `true` when more is to follow: the call stays pending. */
  readonly willContinue?: boolean | undefined
  /** When the model acts on it, for calls that do not block: `INTERRUPT`, `WHEN_IDLE` or `SILENT`. */
  readonly scheduling?: string | undefined
}

/** The wire's `toolCall`. */
export interface ToolCallMessage {
  readonly functionCalls?: readonly FunctionCall[] | undefined
}

/** A call that has been received. */
export interface ToolCall {
  /** The server's id, or a private one if the call came without; a private id never goes on the wire. */
  readonly id: CallId
  /** The id as it was received; responses carry this one. */
  readonly wireId: CallId | undefined
  readonly name: string
  readonly args: Record<string, unknown>
  /** The number of the connection on which it came; the first is 1. */
  readonly epoch: number
}

/** The response to a call, with the call's name and its id as it was received (G8). */
export function responseTo(call: ToolCall, response: Record<string, unknown>): FunctionResponse {
  return { ...(call.wireId !== undefined && { id: call.wireId }), name: call.name, response }
}
