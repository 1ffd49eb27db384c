import { LivegateError } from '@livegate/core'
import type { Close, Connection, LiveSession, Transport } from '@livegate/core/session'
import type { CloseFrame, Peer, PeerServer } from './peer.ts'

/** The server's end of an in-memory connection: a {@link Peer} with all optional methods. */
export type LinkedPeer = Required<Peer>

/**
 * A server in memory, with a transport linked to it. A message has arrived at the other end when `send` returns, as the JSON that a
 * wire would carry. There is no socket, no timer and no randomness, so a test need neither wait nor poll.
 *
 * @example
 * ```ts
 * import { LiveSession } from '@livegate/core/session'
 * import { LinkedServer, ManualClock } from '@livegate/testkit'
 *
 * const session = new LiveSession({ clock: new ManualClock(), setup: { model: 'gemini-2.5-flash' } })
 * const server = await new LinkedServer().connect(session)
 * server.send({ setupComplete: {} })
 * server.send({ toolCall: { functionCalls: [{ id: 'fc-1', name: 'get_weather' }] } })
 * session.sendRealtimeInput({ text: 'and tomorrow?' }) // held
 * session.sendToolResponse({ functionResponses: { id: 'fc-1', response: { celsius: 12 } } })
 * console.log(server.received) // the setup, the response, then what waited for it
 * ```
 */
export class LinkedServer implements PeerServer {
  readonly peers: LinkedPeer[] = []
  #isClosed = false

  /**
   * Opens a connection for a session. Resolves to the server's end once the connection is open, a microtask later.
   *
   * @param options.signal cancels the opening; the session is then told only that the connection is gone.
   * @throws the signal's reason, if it is aborted before the connection is open.
   * @throws {LivegateError} `closed`, if the server is closed, or the transport is closed before it is open.
   */
  async connect(
    session: Pick<LiveSession, 'connect'>,
    { signal }: { readonly signal?: AbortSignal } = {},
  ): Promise<LinkedPeer> {
    signal?.throwIfAborted()
    const link = new Link()
    const connection = session.connect(link)
    link.connection = connection
    // Real connections do not open synchronously either.
    await Promise.resolve()
    if (signal?.aborted) link.end({ reason: 'aborted while opening' })
    if (this.#isClosed) link.end({ reason: 'the server is closed' })
    signal?.throwIfAborted()
    if (link.state === 'closed') throw new LivegateError('closed', 'server', 'open to connect', 'closed')
    const peer = new LinkedEnd(link)
    link.peer = peer
    link.state = 'open'
    this.peers.push(peer)
    connection.opened()
    return peer
  }

  /** Accepts no more connections, and cuts the open ones. */
  close(): void {
    this.#isClosed = true
    for (const peer of this.peers) peer.close()
  }
}

/** One connection, and the transport at the session's end. */
class Link implements Transport {
  state: 'opening' | 'open' | 'closed' = 'opening'
  connection: Connection | undefined
  peer: LinkedEnd | undefined
  /** Frames that the server has not read yet. */
  #waiting: string[] = []
  #isPaused = false

  /** Counts characters in place of bytes. */
  get bufferedAmount(): number {
    return this.#waiting.reduce((characters, frame) => characters + frame.length, 0)
  }

  send(type: string, body: object): void {
    if (this.state !== 'open') {
      throw new LivegateError('closed', 'transport', `open to send ${type}`, this.state)
    }
    this.#waiting.push(JSON.stringify({ [type]: body }))
    this.#flush()
  }

  close(): void {
    this.end()
  }

  /** Ends the connection, from either end. */
  end(close?: Close): void {
    if (this.state === 'closed') return
    this.state = 'closed'
    this.connection?.closed(close)
  }

  setReading(isReading: boolean): void {
    this.#isPaused = !isReading
    this.#flush()
  }

  #flush(): void {
    if (this.#isPaused) return
    for (const frame of this.#waiting.splice(0)) this.peer?.received.push(JSON.parse(frame))
  }
}

/** How sockets report a connection that ended without a close frame. */
const cut: Close = { code: 1006, reason: '' }

/** The server's end. */
class LinkedEnd implements LinkedPeer {
  readonly received: object[] = []
  readonly #link: Link

  constructor(link: Link) {
    this.#link = link
  }

  get isClosed(): boolean {
    return this.#link.state === 'closed'
  }

  send(message: object): void {
    if (this.isClosed) throw new LivegateError('closed', 'peer', 'open to send', 'closed')
    this.#link.connection?.receive(JSON.parse(JSON.stringify(message)))
  }

  /** Does nothing: a malformed frame would be ignored (G12). */
  sendMalformed(): void {}

  close(frame?: CloseFrame): void {
    this.#link.end(frame ?? cut)
  }

  pause(): void {
    this.#link.setReading(false)
  }

  resume(): void {
    this.#link.setReading(true)
  }
}
