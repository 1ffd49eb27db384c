import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import type { ConversationOptions } from './conversation.ts'
import { type EmulatedSession, ServerSession } from './emulated-session.ts'
import { EmulatorError } from './emulator-error.ts'
import { type EmulatorOptions, type ResolvedOptions, resolveOptions } from './options.ts'

/** A running emulator. */
export interface Emulator {
  /** `http://HOST:PORT`, to be given to the SDK as `httpOptions.baseUrl`. */
  readonly url: string
  /** In the order of connection; those that have ended stay in the list. */
  readonly sessions: readonly EmulatedSession[]
  /** Ends all sessions (close code 1001) and frees the port. The second call gives the promise of the first. */
  close(): Promise<void>
}

// Any version, any prefix, slashes doubled or not: the JavaScript SDK puts two in front of `ws`, and its default version
// has changed between releases. Gemini API and Vertex AI differ in what stands before the method.
const livePath =
  /\/ws\/google\.(ai\.generativelanguage|cloud\.aiplatform)\.[^./]+\.(GenerativeService\.BidiGenerateContent(Constrained)?|LlmBidiService\/BidiGenerateContent)$/

const goingAway = 1001

// How long a client may take to answer a close frame before its connection is cut.
const closeTimeoutMs = 500

/**
 * Starts a server on its own port. It rejects with `EmulatorError`: `invalid-option` before any port is opened,
 * `port-in-use` for a port that is taken, `listen-failed` for a host or port that the platform refuses.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const resolved = resolveOptions(options)
  // Deflate is declined, and audio hardly shrinks.
  const webSockets = new WebSocketServer({ noServer: true, perMessageDeflate: false })
  const sessions: EmulatedSession[] = []
  const conversationOptions = { ...resolved, nextCallId: callIds(resolved.profile.functionCallIdPrefix) }
  const server = createServer((_request, response) => response.writeHead(404).end())
  server.on('upgrade', (request, socket, head) => {
    if (!isLiveRequest(request)) {
      refuseUpgrade(socket)
      return
    }
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      sessions.push(serve(webSocket, conversationOptions))
    })
  })
  await listen(server, resolved)
  let closing: Promise<void> | undefined
  return {
    url: urlOf(server),
    sessions,
    close: () => {
      closing ??= shutDown(server, webSockets, sessions)
      return closing
    },
  }
}

/** Ids grow over all sessions of an emulator, so that a call of an earlier connection is never taken for a new one. */
function callIds(prefix: string): () => string {
  let last = 0
  return () => {
    last++
    return `${prefix}${last}`
  }
}

/** The query is cut off unread: it holds the API key. */
function isLiveRequest(request: IncomingMessage): boolean {
  const path = request.url?.split('?', 1)[0] ?? ''
  return livePath.test(path.replace(/\/{2,}/g, '/'))
}

function refuseUpgrade(socket: Duplex): void {
  socket.on('error', () => socket.destroy())
  const answer = 'HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'
  socket.end(answer, () => socket.destroy())
}

function serve(webSocket: WebSocket, options: ConversationOptions): EmulatedSession {
  const channel = {
    // Real servers send all their JSON in binary frames.
    send: (frame: string) => webSocket.send(Buffer.from(frame)),
    close: (code: number, reason: string) => webSocket.close(code, reason),
    drop: () => webSocket.terminate(),
  }
  const session = new ServerSession(channel, options)
  webSocket.on('message', (data: RawData) => session.receive(data.toString()))
  webSocket.on('close', (code, reason) => session.disconnected(code, reason.toString()))
  // A frame that breaks RFC 6455 or a lost connection: `close` follows and says it.
  webSocket.on('error', () => {})
  return session
}

function listen(server: Server, { port, host }: ResolvedOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    // Not `once`: a later error, say for want of file descriptors, must not end the process.
    server.on('error', (cause: NodeJS.ErrnoException) => {
      reject(
        cause.code === 'EADDRINUSE'
          ? new EmulatorError('port-in-use', `port ${port} of ${host} is in use`, { cause })
          : new EmulatorError('listen-failed', `can't listen on port ${port} of ${host}: ${cause.message}`, {
              cause,
            }),
      )
    })
    server.listen(port, host, resolve)
  })
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}

async function shutDown(
  server: Server,
  webSockets: WebSocketServer,
  sessions: readonly EmulatedSession[],
): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  for (const session of sessions) session.close(goingAway, '')
  const timer = setTimeout(() => {
    for (const webSocket of webSockets.clients) webSocket.terminate()
    server.closeAllConnections()
  }, closeTimeoutMs)
  await closed
  clearTimeout(timer)
}
