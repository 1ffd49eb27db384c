/** What a socket must have: the platform's `WebSocket` does, and so does that of `ws`. */
export interface Socket {
  binaryType: string
  readonly readyState: number
  readonly bufferedAmount: number
  onopen: ((event: never) => void) | null
  onmessage: ((event: never) => void) | null
  onerror: ((event: never) => void) | null
  onclose: ((event: never) => void) | null
  send(frame: string): void
  close(code?: number): void
  /** With it, as in `ws` and Bun, a server that has gone silent is noticed. */
  ping?(): void
  terminate?(): void
  on?(event: 'pong', listener: () => void): unknown
  addEventListener?(event: never, listener: () => void): unknown
}

/** The headers a socket is opened with; browsers cannot send any. */
export type SocketHeaders = Readonly<Record<string, string>>

type SocketClass = new (
  url: string,
  // The platforms differ in their second parameter; the types of most know only subprotocols there.
  options?: never,
) => Socket

type SocketMaker = (url: string, options: { readonly headers?: SocketHeaders }) => Socket

/** A class of sockets, such as the platform's `WebSocket`, or an arrow function that makes one. */
export type SocketFactory = SocketClass | SocketMaker

/** Makes sockets of `ws`, which is loaded only now. */
export async function loadWs(): Promise<SocketFactory> {
  const { WebSocket } = await import('ws')
  return (url, { headers }) => new WebSocket(url, { headers, perMessageDeflate: false })
}

/** A socket that is opening. Whoever gets it has to listen at once: where an address is refused unseen, it tells so soon and only once. */
export function openSocket(url: string, headers: SocketHeaders | undefined, factory: SocketFactory): Socket {
  const socket =
    'prototype' in factory
      ? // Node, Bun and Deno take headers there; a browser would take them for the name of a subprotocol.
        new (factory as SocketClass)(url, ...((headers ? [{ headers }] : []) as never[]))
      : (factory as SocketMaker)(url, headers ? { headers } : {})
  // As of an async function.
  if (!socket.binaryType) throw new Error('webSocket gave no socket')
  // A Blob could be read only later, and out of order; what else there is can be read at once.
  if (socket.binaryType === 'blob') socket.binaryType = 'arraybuffer'
  return socket
}
