import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type RawData, type WebSocket, WebSocketServer } from 'ws'
import { type ConnectionRequest, readConnectionRequest } from './connection-request.ts'
import { control } from './control.ts'
import type { EmulatedSession } from './emulated-session.ts'
import { checkNextFault, type Fault, type NextFault, refusals } from './fault.ts'
import { HandleStore } from './handle-store.ts'
import { type Ids, idsFor } from './ids.ts'
import type { ResolvedOptions } from './options.ts'
import { seededRandom } from './random.ts'
import { ServerSession } from './server-session.ts'
import { SessionArchive } from './session-archive.ts'
import { answerTool } from './tool-service.ts'

const goingAway = 1001

const livePathForm = '/ws/google.ai.generativelanguage.VERSION.GenerativeService.BidiGenerateContent'

// How long a client may take to answer a close frame before its connection is cut.
const closeTimeoutMs = 500

/** An upgrade that was refused: the path that was asked for, without its query, and the status of the answer. */
export interface Refusal {
  readonly path: string
  readonly status: number
}

/** The Live API on an HTTP server, with TLS or without. */
export class LiveServer {
  readonly #archive: SessionArchive<ServerSession>
  readonly #server: Server | SecureServer
  readonly #options: ResolvedOptions
  readonly #ids: Ids
  readonly #handles: HandleStore
  readonly #nextFaults: NextFault[] = []
  readonly #sockets = new Set<Socket>()
  #connections = 0
  // Deflate is declined, and audio hardly shrinks.
  readonly #webSockets: WebSocketServer = new WebSocketServer({ noServer: true, perMessageDeflate: false })

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
      else answerNotFound(request, response)
    })
    server.on('upgrade', (request, socket, head) => {
      const refuse = (status: string, body = ''): void => {
        refuseUpgrade(socket, status, body)
        onRefusal({ path: request.url?.split('?', 1)[0] ?? '', status: Number.parseInt(status, 10) })
      }
      const connection = readConnectionRequest(request)
      if (connection === undefined) {
        refuse('404 Not Found', `${JSON.stringify({ error: `a Live client asks for ${livePathForm}` })}\n`)
        return
      }
      // A connection that was there before the end, and has its request only now.
      if (!server.listening) {
        refuse(refusals[503])
        return
      }
      const fault = this.#nextFaults.shift()
      if (fault?.fault === 'refuse') {
        refuse(refusals[fault.status])
        return
      }
      this.#webSockets.handleUpgrade(request, socket, head, (webSocket) => {
        this.#serve(webSocket, connection, fault)
      })
    })
  }

  get sessions(): readonly EmulatedSession[] {
    return this.#archive.sessions
  }

  injectNext(fault: NextFault): void {
    checkNextFault('fault', fault)
    this.#nextFaults.push(fault)
  }

  /** Ends all sessions and frees the port. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()))
    // A copy: a session that has ended may leave the archive, and another take its place.
    for (const session of [...this.sessions]) session.close(goingAway, '')
    const timer = setTimeout(() => {
      // Those as well that never came to a request, or to the end of their TLS handshake.
      for (const socket of this.#sockets) socket.destroy()
    }, closeTimeoutMs)
    await closed
    clearTimeout(timer)
  }

  #serve(webSocket: WebSocket, connection: ConnectionRequest, fault: Fault | undefined): void {
    const channel = {
      connection,
      // Real servers send all their JSON in binary frames.
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
    webSocket.on('message', (data: RawData) => session.receive(data.toString()))
    webSocket.on('close', (code, reason) => session.disconnected(code, reason.toString()))
    // A frame that breaks RFC 6455, or a lost connection: `close` follows.
    webSocket.on('error', (error: NodeJS.ErrnoException) => {
      session.failed(error, error.code?.startsWith('WS_ERR_') ?? false)
    })
    webSocket.on('ping', () => {
      // It has cut the connection, which is no error to it, and tells of the ping all the same.
      if (webSocket.readyState !== webSocket.CLOSING) return
      session.failed(new Error('more pings at once than can be answered'), true)
      session.drop()
    })
    this.#archive.add(session)
    session.connected()
    if (session.closed !== undefined) return
    if (fault !== undefined) session.inject(fault)
  }
}

function answerNotFound({ url }: IncomingMessage, response: ServerResponse): void {
  const error = url?.startsWith('/control/')
    ? 'there is no /control/ without the option control, in a terminal --control'
    : 'this server takes WebSocket connections of Live clients, and GET /tools/NAME'
  response.writeHead(404, { 'content-type': 'application/json' }).end(`${JSON.stringify({ error })}\n`)
}

function refuseUpgrade(socket: Duplex, status: string, body: string): void {
  socket.on('error', () => socket.destroy())
  const type = body === '' ? '' : 'Content-Type: application/json\r\n'
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\n${type}Content-Length: ${Buffer.byteLength(body)}`
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy())
}
