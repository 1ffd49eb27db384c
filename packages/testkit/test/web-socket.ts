import { LivegateError } from '@livegate/core'
import type { ClientMessages, Close } from '@livegate/core/session'
import type { EmulatorServer, Opening } from '../src/index.ts'

const path = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'

/** A minimal transport over the platform's own WebSocket. */
export function connectWebSocket(
  { session, server, signal }: Opening<EmulatorServer>,
  onMalformed: (socket: WebSocket) => void = () => {},
): void {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`)
  socket.binaryType = 'arraybuffer'
  const connection = session.connect({
    send(type: keyof ClientMessages, body: object) {
      if (socket.readyState !== WebSocket.OPEN)
        throw new LivegateError('closed', 'socket', `open to send ${type}`, socket.readyState)
      socket.send(JSON.stringify({ [type]: body }))
    },
    close: () => socket.close(),
    get bufferedAmount() {
      return socket.bufferedAmount
    },
  })
  let isOpen = false
  let isOver = false
  const end = (close: Close): void => {
    if (!isOver) connection.closed(close)
    isOver = true
  }
  socket.addEventListener('open', () => {
    isOpen = true
    connection.opened()
  })
  // Node 22 emits no `close` for a socket that never opened, and leaves it at CONNECTING. Elsewhere `close` follows `error`.
  socket.addEventListener('error', () => {
    if (!isOpen) end({ reason: 'the socket did not open' })
  })
  socket.addEventListener('close', ({ code, reason }) => end({ code, reason }))
  socket.addEventListener('message', ({ data }) => {
    let message: object
    try {
      message = JSON.parse(typeof data === 'string' ? data : new TextDecoder().decode(data))
    } catch {
      onMalformed(socket)
      return
    }
    connection.receive(message)
  })
  // Only now: a socket that is closed while it opens reports its end at once.
  if (signal.aborted) socket.close()
  else signal.addEventListener('abort', () => socket.close(), { once: true })
}
