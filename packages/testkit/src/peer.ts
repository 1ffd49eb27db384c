/** The far end of a connection, in the hands of a test: what a server is to the transport. */
export interface Peer {
  /** What has arrived, in order and parsed, as the wire's messages are: `{ realtimeInput: { text: 'hello' } }`. */
  readonly received: readonly object[]
  /** Whether the connection has ended, from whichever end. */
  readonly isClosed: boolean
  /** Sends a message of the server, `{ toolCall: … }` for one. */
  send(message: object): void
  /** Ends the connection: with a close frame, or cuts it where nothing is said of one. */
  close(frame?: CloseFrame): void
  /** Stops to take what arrives, so that it piles up at the transport. Needed for the feature `bufferedAmount`. */
  pause?(): void
  /** Goes on to take it. Needed for the feature `bufferedAmount`. */
  resume?(): void
  /** Sends what is no message of the protocol, say half of one. Needed for the feature `malformedFrames`. */
  sendMalformed?(): void
}

export interface CloseFrame {
  readonly code: number
  readonly reason: string
}

/** What a transport connects to. */
export interface PeerServer {
  /** The far ends of the connections that came, in the order in which they came; those that have ended as well. */
  readonly peers: readonly Peer[]
  /** Takes no connection any more, and ends those that there are. */
  close(): void | Promise<void>
}
