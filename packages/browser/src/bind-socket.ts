import { type LiveSession, mustBe } from '@livegate/core/session'
import {
  type EndpointOptions,
  type FrameProblem,
  type LiveServerMessage,
  readFrame,
  withoutSecrets,
  writeFrame,
} from '@livegate/core/wire'

/** Called with each frame, after the session has handled it. */
export interface FrameListeners {
  readonly onMessage: (message: LiveServerMessage) => void
  readonly onMalformed: (problem: FrameProblem) => void
}

/** Connects a session through a socket that is still opening. The secrets of the options are removed from what the session is told. */
export function bindSocket(
  session: Pick<LiveSession, 'connect'>,
  socket: WebSocket,
  options: EndpointOptions,
  { onMessage, onMalformed }: FrameListeners,
): void {
  const connection = session.connect({
    send(type, body) {
      mustBe(socket.readyState === WebSocket.OPEN, 'connection', `open to send ${type}`, 'closed', 'closed')
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
  // A server, or a proxy, may quote the credential.
  socket.onclose = ({ code, reason }) => connection.closed({ code, reason: withoutSecrets(reason, options) })
}
