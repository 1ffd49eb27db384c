import { LivegateError } from '@livegate/core'
import type { LiveSession } from '@livegate/core/session'
import { type FrameProblem, type LiveServerMessage, readFrame, writeFrame } from '@livegate/core/wire'

/** Called with each frame, after the session has handled it. */
export interface FrameListeners {
  readonly onMessage: (message: LiveServerMessage) => void
  readonly onMalformed: (problem: FrameProblem) => void
}

/** Connects a session through a socket that is still opening. */
export function bindSocket(
  session: Pick<LiveSession, 'connect'>,
  socket: WebSocket,
  { onMessage, onMalformed }: FrameListeners,
): void {
  const connection = session.connect({
    send(type, body) {
      if (socket.readyState !== WebSocket.OPEN) {
        throw new LivegateError('closed', 'connection', `open to send ${type}`, 'closed')
      }
      socket.send(writeFrame(type, body))
    },
    close: () => socket.close(1000),
    get bufferedAmount() {
      return socket.bufferedAmount
    },
  })
  socket.onopen = connection.opened
  // Frames are read synchronously, so that they stay in order.
  socket.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
    const frame = readFrame(data)
    if ('problem' in frame) onMalformed(frame.problem)
    else {
      connection.receive(frame.message)
      onMessage(frame.message)
    }
  }
  socket.onclose = connection.closed
}
