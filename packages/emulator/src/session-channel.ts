import type { ConnectionRequest } from './connection-request.ts'

/** The connection as a session needs it. */
export interface SessionChannel {
  readonly connection: ConnectionRequest
  send(frame: string): void
  close(code: number, reason: string): void
  drop(): void
  /** Takes nothing from the socket any more, or goes on with it. */
  setReading(reading: boolean): void
  /** Bytes that were sent and that the client's side of the connection has not taken yet. */
  unreadBytes(): number
}
