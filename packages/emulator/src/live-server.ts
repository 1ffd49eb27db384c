import { isUtf8 } from 'node:buffer'
import type { IncomingMessage, Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
// Not the global ones: a test's fake timers replace those, and `close` would never end.
import { clearTimeout, setTimeout } from 'node:timers'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { type ConnectionRequest, readConnectionRequest } from './connection-request.ts'
import { control } from './control.ts'
import type { EmulatedSession } from './emulated-session.ts'
import { checkNextFault, type Fault, type NextFault, refusals } from './fault.ts'
import { HandleStore } from './handle-store.ts'
import { type Ids, idsFor } from './ids.ts'
import type { ResolvedOptions } from './options.ts'
import { seededRandom } from './random.ts'
import { type ConnectionError, errorBody, pathProblems, type Refusal, refusalOfError } from './refusal.ts'
import { refuseConnection } from './refuse-connection.ts'
import { ServerSession } from './server-session.ts'
import { SessionArchive } from './session-archive.ts'
import { answerTool } from './tool-service.ts'

const goingAway = 1001

// How long a client has to answer a close frame before the server cuts its connection.
const closeTimeoutMs = 500

// Several pictures, or minutes of speech. Of a frame ten times as long, the JSON alone may need more memory than a process has.
const longestFrameBytes = 2 ** 24

/** The Live API on an HTTP server, with TLS or without. */
export class LiveServer {
  readonly #archive: SessionArchive<ServerSession>
  readonly #server: Server | SecureServer
  readonly #options: ResolvedOptions
  readonly #ids: Ids
  readonly #handles: HandleStore
  readonly #nextFaults: NextFault[] = []
  // The Sec-WebSocket-Key of each handshake that got a 401. Node's WebSocket then repeats the handshake once, with the same key.
  readonly #unauthorized = new Set<string>()
  readonly #sockets = new Set<Socket>()
  #connections = 0
  // Audio hardly compresses, so the server declines permessage-deflate.
  readonly #webSockets: WebSocketServer = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: longestFrameBytes,
  })

  constructor(
    server: Server | SecureServer,
    options: ResolvedOptions,
    archive: SessionArchive<ServerSession> = new SessionArchive(),
    onRefusal: (refusal: Refusal) => void = () => {},
  ) {
    this.#server = server
    this.#archive = archive
    this.#options = options
    this.#ids = idsFor(options.profile, seededRandom(options.seed))
    this.#handles = new HandleStore(options.handleLifetimeMs)
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket)
      socket.once('close', () => this.#sockets.delete(socket))
    })
    server.on('request', (request, response) => {
      if (options.control && request.url?.startsWith('/control/')) void control(request, response, this)
      else if (request.url?.startsWith('/tools/')) answerTool(request, response, options)
      else {
        const { method = '' } = request
        const path = pathOf(request)
        const problem = path.startsWith('/control/') ? pathProblems.control : pathProblems.request
        response.writeHead(404, { 'content-type': 'application/json' }).end(errorBody(problem))
        onRefusal({ method, path, status: 404, problem })
      }
    })
    // An HTTPS server repeats these errors as `clientError`, in a listener that would otherwise run first.
    const ofHandshakes = new WeakSet<Error>()
    server.prependListener('tlsClientError', (error: Error) => ofHandshakes.add(error))
    server.on('clientError', (error: ConnectionError, socket) => {
      const refusal = refusalOfError(error, { inHandshake: ofHandshakes.has(error) })
      if (refusal !== undefined) onRefusal(refusal)
      if (refusal?.status === undefined || !socket.writable) socket.destroy()
      else refuseConnection(socket, refusal.status === 408 ? '408 Request Timeout' : '400 Bad Request', '')
    })
    const refuse = (request: IncomingMessage, socket: Duplex, status: string, problem?: string): void => {
      refuseConnection(socket, status, problem === undefined ? '' : errorBody(problem))
      const refusal = { path: pathOf(request), status: Number.parseInt(status, 10) }
      onRefusal(problem === undefined ? refusal : { ...refusal, problem })
    }
    this.#webSockets.on('wsClientError', ({ message }, socket, request) => {
      refuse(request, socket, '400 Bad Request', message)
    })
    server.on('upgrade', (request, socket, head) => {
      const connection = readConnectionRequest(request)
      if (connection === undefined) {
        refuse(request, socket, '404 Not Found', pathProblems.handshake)
        return
      }
      // The connection was open before `close`, and its request arrives only now.
      if (!server.listening) {
        refuse(request, socket, refusals[503])
        return
      }
      const { 'sec-websocket-key': key = '' } = request.headers
      if (this.#unauthorized.delete(key)) {
        refuse(request, socket, refusals[401])
        return
      }
      const [fault] = this.#nextFaults
      if (fault?.fault === 'refuse') {
        this.#nextFaults.shift()
        if (fault.status === 401 && key !== '') this.#unauthorized.add(key)
        refuse(request, socket, refusals[fault.status])
        return
      }
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        // Not before: a handshake that is invalid becomes no connection.
        this.#nextFaults.shift()
        this.#serve(webSocket, connection, fault)
      })
    })
  }

  get host(): string {
    return this.#options.host
  }

  get sessions(): readonly EmulatedSession[] {
    return this.#archive.sessions
  }

  injectNext(fault: NextFault): void {
    checkNextFault('fault', fault)
    this.#nextFaults.push(fault)
  }

  clearNext(): void {
    this.#nextFaults.length = 0
  }

  /** Ends all sessions and frees the port. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    // Iterate over a copy, because the archive may drop an ended session meanwhile.
    for (const session of [...this.sessions]) session.close(goingAway, '')
    const timer = setTimeout(() => {
      // This includes connections that never sent a request or never finished their TLS handshake.
      for (const socket of this.#sockets) socket.destroy()
    }, closeTimeoutMs)
    await closed
    clearTimeout(timer)
  }

  #serve(webSocket: WebSocket, connection: ConnectionRequest, fault: Fault | undefined): void {
    const channel = {
      connection,
      // Real servers send their JSON in binary frames.
      send: (frame: string) => webSocket.send(this.#options.frames === 'text' ? frame : Buffer.from(frame)),
      close: (code: number, reason: string) => webSocket.close(code, reason),
      drop: () => webSocket.terminate(),
      setReading: (reading: boolean) => (reading ? webSocket.resume() : webSocket.pause()),
      unreadBytes: () => webSocket.bufferedAmount,
    }
    const session = new ServerSession(channel, {
      ...this.#options,
      ids: this.#ids,
      handles: this.#handles,
      random: seededRandom(this.#options.seed + this.#connections),
      number: ++this.#connections,
      grew: (bytes) => this.#archive.grew(bytes),
    })
    webSocket.on('message', (data: RawData) => {
      const bytes = data as Buffer
      session.receive(isUtf8(bytes) ? bytes.toString() : undefined)
    })
    webSocket.on('close', (code, reason) => session.disconnected(code, reason.toString()))
    // The cause is a frame that breaks RFC 6455, or a lost connection. `close` follows.
    webSocket.on('error', (error: NodeJS.ErrnoException) => {
      session.failed(error, closeCodeOf(error))
    })
    webSocket.on('ping', () => {
      // ws cuts the connection when too many pings are unanswered. It emits `ping` but no error.
      if (webSocket.readyState !== webSocket.CLOSING) return
      session.failed(new Error('more pings at once than can be answered'))
      session.drop()
    })
    this.#archive.add(session)
    session.connected()
    if (session.closed !== undefined) return
    if (fault !== undefined) session.inject(fault)
  }
}

/** The path of a request, without the query, which may contain a key. */
function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? ''
}

/** The code with which ws closes a connection for a frame of its client; undefined if the connection was lost. */
function closeCodeOf({ code = '' }: NodeJS.ErrnoException): number | undefined {
  if (!code.startsWith('WS_ERR_')) return undefined
  if (code === 'WS_ERR_INVALID_UTF8') return 1007
  if (code === 'WS_ERR_TOO_MANY_BUFFERED_PARTS') return 1008
  return code.startsWith('WS_ERR_UNSUPPORTED_') ? 1009 : 1002
}
