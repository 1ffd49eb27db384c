/** The far end of a connection, controlled by a test: the transport's server. */
export interface Peer {
  /** The messages that have arrived, in order and parsed: `{ realtimeInput: { text: 'hello' } }`. */
  readonly received: readonly object[]
  /** Whether either end has ended the connection. */
  readonly isClosed: boolean
  /** Sends a message from the server, such as `{ toolCall: … }`. */
  send(message: object): void
  /** Ends the connection with a close frame, or cuts it if there is none. */
  close(frame?: CloseFrame): void
  /** Stops reading, so that messages pile up in the transport. Needed for the feature `bufferedAmount`. */
  pause?(): void
  /** Reads again. Needed for the feature `bufferedAmount`. */
  resume?(): void
  /** Sends a frame that is not a message, such as half of one. Needed for the feature `malformedFrames`. */
  sendMalformed?(): void
}

/** A peer that also sees the reason in the transport's close frame. */
export interface PeerOfReasons extends Peer {
  /** Empty if there is none, or no close frame. */
  readonly closeReason: string
}

/** What the server's close frame says. */
export interface CloseFrame {
  readonly code: number
  readonly reason: string
}

/** The server that a transport connects to. */
export interface PeerServer {
  /** The far ends of all connections so far, in order, including those that have ended. */
  readonly peers: readonly Peer[]
  /** Accepts no more connections, and ends the open ones. */
  close(): void | Promise<void>
}
