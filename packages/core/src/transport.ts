import type { CallId, FunctionResponse, ToolCallMessage } from './function-call.ts'
import type { RealtimeInput } from './realtime-input.ts'
import type { Setup } from './setup.ts'

/** The messages of a client, by their type on the wire. */
export interface ClientMessages {
  readonly setup: Setup
  readonly realtimeInput: RealtimeInput
  readonly clientContent: object
  readonly toolResponse: { readonly functionResponses: readonly FunctionResponse[] }
  readonly contextUpdate: object
}

/** The part of a server's message that a session acts on; it ignores the rest (G12). */
export interface ServerMessage {
  readonly setupComplete?: unknown
  readonly toolCall?: ToolCallMessage | undefined
  readonly toolCallCancellation?: { readonly ids?: readonly CallId[] | undefined } | undefined
}

/** What a session needs of a connection. Messages leave in the order of the calls to `send`. */
export interface Transport {
  /**
   * Puts one message on the wire, at once. Throws if the connection cannot take it, having sent no part of it. The server's answer must be
   * reported later, not from inside this call.
   */
  send<Type extends keyof ClientMessages>(type: Type, body: ClientMessages[Type]): void
  /**
   * Ends the connection. Closing twice does nothing.
   *
   * @param reason why the session gives up the connection, if it does. It is meant for the application's `onclose`, not for the wire.
   */
  close(reason?: string): void
  /** Bytes that were sent and have not left this machine. If present, input waits while it is above `maxBufferedBytes`. */
  readonly bufferedAmount?: number | undefined
}

/** How a connection ended: what the close frame said, if there was one. */
export interface Close {
  readonly code?: number | undefined
  readonly reason?: string | undefined
}

/**
 * The owner of a transport reports here what happens to its connection, in the order in which it happens. Once another connection has
 * taken its place, these reports change nothing (G9).
 */
export interface Connection {
  /** The number of the connection; the first of a session is 1. */
  readonly epoch: number
  /** The transport is open: the session sends its setup. Do not call this if the transport sends a setup itself. */
  opened(): void
  /**
   * Takes in a message of the server. If it holds a blocking call, the gate is shut when this returns; so report a message here before
   * the application sees it (G1).
   */
  receive(message: ServerMessage): void
  /** The connection is gone, and the session with it. */
  closed(close?: Close): void
}
