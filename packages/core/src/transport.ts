import type { FunctionResponse } from './function-call.ts'
import type { RealtimeInput } from './realtime-input.ts'

/** What a client may say once the session is set up: the wire's message types, and the body of each. */
export interface ClientMessages {
  readonly realtimeInput: RealtimeInput
  readonly clientContent: object
  readonly toolResponse: { readonly functionResponses: readonly FunctionResponse[] }
  readonly contextUpdate: object
}

/**
 * What a session needs of a connection. Messages leave in the order of the calls to `send`; what the server says, and the
 * end of the connection, is told to the session through `receive` and `closed`, in the order in which it came.
 */
export interface Transport {
  /** Puts one message on the wire, at once. Throws when the connection cannot take it; then nothing of it has left. */
  send<Type extends keyof ClientMessages>(type: Type, body: ClientMessages[Type]): void
  /** Ends the connection. Closing twice does nothing. */
  close(): void
}
