/** The members that a socket must have, as the platform's `WebSocket` and that of `ws` do. */
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
  /** Lets a session notice a server that has gone silent; present in `ws` and Bun. */
  ping?(): void
  terminate?(): void
  on?(event: 'pong', listener: () => void): unknown
  addEventListener?(event: never, listener: () => void): unknown
}

/** The only `readyState` in which a socket sends: in any other, `send` throws or silently drops the frame. */
export const open = 1

/** How long TCP may stay open once the server is seen to have closed, in milliseconds. */
export const closingMs = 1000

/** How long the server may take to answer a close, in milliseconds: as long as `ws` waits. The platform's socket waits forever. */
export const answerMs = 30_000

/** The headers that a socket is opened with. Browsers cannot send any. */
export type SocketHeaders = Readonly<Record<string, string>>

type SocketClass = new (
  url: string,
  // The second parameter differs between platforms; most type it as subprotocols only.
  options?: never,
) => Socket

type SocketMaker = (url: string, options: { readonly headers?: SocketHeaders }) => Socket

/** A socket class, such as the platform's `WebSocket`, or an arrow function that returns a socket. */
export type SocketFactory = SocketClass | SocketMaker

/** Loads `ws`, which programs that bring a socket of their own need not install. */
export async function loadWs(): Promise<SocketFactory> {
  const { WebSocket } = await import('ws')
  // Minutes of speech fit in such a frame. One of 100 MiB, the limit of `ws`, can take more memory to read than a process has.
  return (url, { headers }) => new WebSocket(url, { headers, perMessageDeflate: false, maxPayload: 2 ** 24 })
}

/** Opens a socket. Attach listeners in the same tick: a socket that is refused reports it once, and soon. */
export function openSocket(
  url: string,
  headers: SocketHeaders | undefined,
  webSocket: SocketFactory,
): Socket {
  const socket = webSocket.prototype
    ? // Node, Bun and Deno take headers here; a browser would take them for a subprotocol.
      new (webSocket as SocketClass)(url, (headers && { headers }) as never)
    : (webSocket as SocketMaker)(url, headers ? { headers } : {})
  // For example the promise of an async function, or nothing from one without `return`.
  if (!socket?.binaryType) throw new Error('webSocket gave no socket')
  // Blobs can only be read asynchronously, so messages could overtake one another.
  if (socket.binaryType === 'blob') socket.binaryType = 'arraybuffer'
  return socket
}
