import type { IncomingMessage } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import type { RunStore } from './run-store.ts'

/** How long a client may take to read the rest, in milliseconds; the server could not close before it has. */
const longestUnreadMs = 2000

/** Forwards the WebSocket of a run to its emulator, byte by byte, so that the page needs only one address. */
export function handOn(request: IncomingMessage, socket: Duplex, head: Buffer, runs: RunStore): void {
  const [, kind, id = ''] = (request.url ?? '').split('/')
  const run = kind === 'runs' ? runs.get(id) : undefined
  if (!run) {
    refuse(socket, '404 Not Found')
    return
  }
  const { hostname, port } = new URL(run.emulator.url)
  const upstream = connect(Number(port), hostname, () => {
    const headers = []
    for (let index = 0; index < request.rawHeaders.length; index += 2)
      headers.push(`${request.rawHeaders[index]}: ${request.rawHeaders[index + 1]}`)
    upstream.write(`GET ${request.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`)
    upstream.write(head)
    socket.pipe(upstream).pipe(socket)
  })
  socket.on('error', () => socket.destroy()).on('close', () => upstream.destroy())
  upstream
    .on('error', () => upstream.destroy())
    .on('close', () => {
      const destroy = (): unknown => socket.destroy()
      // A slow client may not have read the last bytes yet.
      socket.end(destroy)
      const timer = setTimeout(destroy, longestUnreadMs)
      socket.once('close', () => clearTimeout(timer))
    })
}

export function refuse(socket: Duplex, status: string): void {
  socket.on('error', () => socket.destroy())
  const text = `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
  socket.end(text, () => socket.destroy())
}
