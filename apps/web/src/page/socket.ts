import { LivegateError } from '@livegate/core'
import type { ClientMessages, Transport } from '@livegate/core/session'
import { type LiveServerMessage, readFrame, writeFrame } from '@livegate/core/wire'

/** The events of a socket. */
export interface SocketEvents {
  readonly opened: () => void
  readonly receive: (message: LiveServerMessage) => void
  readonly closed: (close: { readonly code: number; readonly reason: string }) => void
}

/** Opens a WebSocket to the Live API, as a transport. */
export function openSocket(url: string, events: SocketEvents): Transport {
  const socket = new WebSocket(url)
  socket.binaryType = 'arraybuffer'
  socket.onopen = events.opened
  socket.onclose = ({ code, reason }) => events.closed({ code, reason })
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    const frame = readFrame(data)
    if ('message' in frame) events.receive(frame.message)
  }
  return {
    send<Type extends keyof ClientMessages>(type: Type, body: ClientMessages[Type]) {
      if (socket.readyState !== WebSocket.OPEN) {
        throw new LivegateError('closed', 'connection', `open to send ${type}`, 'closed')
      }
      socket.send(writeFrame(type, body))
    },
    close: () => socket.close(1000),
    get bufferedAmount() {
      return socket.bufferedAmount
    },
  }
}
