import type { Duplex } from 'node:stream'

/** Answers a handshake or a broken request, with a JSON body unless `body` is empty, and ends the connection. */
export function refuseConnection(socket: Duplex, status: string, body: string): void {
  socket.on('error', () => socket.destroy())
  const type = body === '' ? '' : 'Content-Type: application/json\r\n'
  const head = `HTTP/1.1 ${status}\r\nConnection: close\r\n${type}Content-Length: ${Buffer.byteLength(body)}`
  socket.end(`${head}\r\n\r\n${body}`, () => socket.destroy())
}
