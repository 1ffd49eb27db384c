import type { ConnectionRequest } from './connection-request.ts'

/** What a session needs of its connection. */
export interface SessionChannel {
  readonly connection: ConnectionRequest
  send(frame: string): void
  close(code: number, reason: string): void
  drop(): void
  /** Stops or resumes reading from the socket. */
  setReading(reading: boolean): void
  /** Returns the number of bytes sent that the client's side has not accepted yet. */
  unreadBytes(): number
}
