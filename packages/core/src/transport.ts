import type { CallId, FunctionResponse, ToolCallMessage } from './function-call.ts'
import type { RealtimeInput } from './realtime-input.ts'
import type { Setup } from './setup.ts'

/** What a client may say: the wire's message types, and the body of each. */
export interface ClientMessages {
  readonly setup: Setup
  readonly realtimeInput: RealtimeInput
  readonly clientContent: object
  readonly toolResponse: { readonly functionResponses: readonly FunctionResponse[] }
  readonly contextUpdate: object
}

/** The part of a server's message that a session acts on; the rest passes it by (G12). */
export interface ServerMessage {
  readonly setupComplete?: unknown
  readonly toolCall?: ToolCallMessage
  readonly toolCallCancellation?: { readonly ids?: readonly CallId[] }
}

/** What a session needs of a connection. Messages leave in the order of the calls to `send`. */
export interface Transport {
  /**
   * Puts one message on the wire, at once. Throws when the connection cannot take it; then nothing of it has left. What the server
   * says to it is told later, not from inside.
   */
  send<Type extends keyof ClientMessages>(type: Type, body: ClientMessages[Type]): void
  /**
   * Ends the connection. Closing twice does nothing.
   *
   * @param reason why the session gives the connection up, if that is why: not for the wire, but for who is told of the end here.
   */
  close(reason?: string): void
  /** Bytes that were sent and have not left this machine. If it is given, input waits while it is large. */
  readonly bufferedAmount?: number
}

/** How a connection ended: what the close frame said, if there was one. */
export interface Close {
  readonly code?: number
  readonly reason?: string
}

/**
 * Where the owner of a transport reports to the session what happens to the connection, in the order in which it happens. Once another
 * connection has taken its place, what is reported here changes nothing (G9).
 */
export interface Connection {
  /** The number of the connection; the first of a session is 1. */
  readonly epoch: number
  /** The transport is open: the session sends its setup. Do not call it for a transport that sends a setup itself. */
  opened(): void
  /**
   * Takes in a message of the server. If the message calls for it, the gate is shut when this returns; so tell the session before anyone
   * else (G1).
   */
  receive(message: ServerMessage): void
  /** The connection is gone, and the session with it. */
  closed(close?: Close): void
}
