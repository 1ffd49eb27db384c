import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { answer } from './endpoints.ts'
import { refusal, securityHeaders } from './guard.ts'
import { handOn, refuse } from './hand-on.ts'
import type { Backend, Options } from './options.ts'
import { RunStore } from './run-store.ts'
import { readSite } from './site.ts'

/** Serves the page, its emulators and its tokens at one address. */
export interface WebServer {
  readonly url: string
  close(): Promise<void>
}

/** The port cannot be used. */
export class PortError extends Error {
  override readonly name = 'PortError'
}

/** Tolerance for input in flight when a toolCall is sent, in milliseconds; the emulator's default of 50 is short on a busy machine. */
const defaultGraceMs = 200

/**
 * Starts the server.
 *
 * @throws {PortError} naming the port and what to do.
 */
export async function startServer({
  port: wantedPort,
  backend,
  graceMs = defaultGraceMs,
}: Options & { readonly graceMs?: number }): Promise<WebServer> {
  const site = readSite()
  const runs = new RunStore(graceMs)
  let port = wantedPort
  const live = liveOrigin(backend)
  const server = createServer((request, response) => {
    const refused = refusal(request, port)
    if (refused !== undefined) {
      response.writeHead(403, { 'content-type': 'text/plain' }).end(`${refused}\n`)
      return
    }
    for (const [name, value] of Object.entries(securityHeaders(request.headers.host ?? '', live)))
      response.setHeader(name, value)
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    if (path.startsWith('/api/')) {
      void answer(request, response, { backend, runs })
      return
    }
    const file = request.method === 'GET' || request.method === 'HEAD' ? site.get(path) : undefined
    if (file) response.writeHead(200, { 'content-type': file.type }).end(file.body)
    else response.writeHead(404, { 'content-type': 'text/plain' }).end('There is nothing here.\n')
  })
  server.on('upgrade', (request, socket, head) => {
    if (refusal(request, port) === undefined) handOn(request, socket, head, runs)
    else refuse(socket, '403 Forbidden')
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(portError(error, wantedPort)))
    server.listen(wantedPort, '127.0.0.1', resolve)
  })
  port = (server.address() as AddressInfo).port
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        runs.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function portError({ code, message }: NodeJS.ErrnoException, port: number): Error {
  switch (code) {
    case 'EADDRINUSE':
      return new PortError(`port ${port} is taken: end what listens there, or choose another with --port`)
    case 'EACCES':
      return new PortError(`port ${port} may not be used by you: choose one above 1023 with --port`)
    default:
      return new PortError(`can't listen on port ${port}: ${message}`)
  }
}

/** Returns the origin of the page's WebSocket, if it is not this server. */
function liveOrigin(backend: Backend): string | undefined {
  if (backend.kind === 'emulator') return undefined
  const { protocol, host } = new URL(backend.baseUrl ?? 'https://generativelanguage.googleapis.com')
  return `${protocol === 'http:' ? 'ws:' : 'wss:'}//${host}`
}
