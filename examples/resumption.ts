// A session that outlives its connections. When the server announces the end of a connection, or it breaks, the session goes on
// over another one with a resumption handle. Input waits meanwhile.
//
//   node examples/resumption.ts                     talks to the emulator, on this machine
//   GEMINI_API_KEY=… node examples/resumption.ts    talks to Google

import { LivegateError } from '@livegate/core'
import { classifyClose } from '@livegate/core/close'
import { type Clock, type Close, LiveSession } from '@livegate/core/session'
import { endpointOf, readFrame, toSetup, writeFrame } from '@livegate/core/wire'
import { startEmulator } from '@livegate/emulator'

const apiKey = process.env.GEMINI_API_KEY
const emulator = apiKey ? undefined : await startEmulator()
if (emulator) console.log('there is no GEMINI_API_KEY: this is the emulator, not Google')

const clock: Clock = {
  now: () => performance.now(),
  setTimer(delayMs, wake) {
    const timer = setTimeout(wake, delayMs)
    return () => clearTimeout(timer)
  },
}

const session = new LiveSession({
  clock,
  setup: toSetup('gemini-2.5-flash-native-audio-preview-12-2025', { responseModalities: ['AUDIO'] }),
})
session.on('setup-complete', ({ epoch }) => console.log(`connection ${epoch} is set up`))
session.on('session-closed', ({ report: { code, reason } }) => {
  console.log(`the session is over: ${code ?? 'closed from here'} ${reason ?? ''}`.trimEnd())
  void emulator?.close()
})

let handle: string | undefined
let failures = 0
let turns = 0

/** Begins the session, or continues it over another connection. `previous` is the previous connection's socket, if it is open. */
function connect(previous?: WebSocket): void {
  let socket: WebSocket | undefined
  // Closes the previous connection, whose events have no effect any more. Input waits for the new one.
  const connection = session.connect({
    send(type, body) {
      if (socket?.readyState !== WebSocket.OPEN)
        throw new LivegateError('closed', 'socket', `open to send ${type}`, socket?.readyState)
      socket.send(writeFrame(type, type === 'setup' ? { ...body, sessionResumption: { handle } } : body))
    },
    close: () => socket?.close(1000),
    get bufferedAmount() {
      return socket?.bufferedAmount ?? 0
    },
  })

  function isCurrent(): boolean {
    const { status, epoch } = session.snapshot()
    return status !== 'closed' && epoch === connection.epoch
  }

  function open(): void {
    if (!isCurrent()) return
    socket = new WebSocket(endpointOf({ apiKey: apiKey ?? 'none', ...(emulator && { url: emulator.url }) }))
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => connection.opened()
    const ended = (close: Close): void => {
      if (!isCurrent()) return
      // Call `closed` only when you give up: it ends the session.
      const { cause, retryable } = classifyClose(close)
      const mayGoOn = retryable && cause !== 'unknown-handle' && handle !== undefined
      if (!mayGoOn || ++failures > 3) connection.closed(close)
      else connect()
    }
    socket.onclose = ended
    socket.onerror = () => {
      // Node 22 emits no `close` for a socket that could not be opened.
      if (socket?.readyState === WebSocket.CONNECTING) ended({ reason: 'the socket did not open' })
    }
    socket.onmessage = ({ data }) => {
      const frame = readFrame(data)
      if ('problem' in frame) return console.error(`ignored a frame: ${frame.problem}`)
      connection.receive(frame.message)
      const { setupComplete, sessionResumptionUpdate, goAway, serverContent } = frame.message
      if (setupComplete) failures = 0
      if (serverContent?.turnComplete && ++turns === 2) return session.close()
      if (sessionResumptionUpdate?.resumable) handle = sessionResumptionUpdate.newHandle
      // The real server announces the end after about nine minutes, the emulator on request.
      if (turns === 1 && sessionResumptionUpdate?.resumable) emulator?.sessions[0]?.goAway(50_000)
      // Reconnecting cuts off a reply that is being spoken. There is time to wait for its end.
      if (goAway) {
        connect(socket)
        say('And tomorrow?')
      }
    }
  }

  // The server refuses a handle while its connection is open.
  if (previous) previous.onclose = open
  // After a broken connection a little later each time; the input that comes meanwhile is held.
  else setTimeout(open, 500 * failures)
}

function say(text: string): void {
  const verdict = session.sendRealtimeInput({ text })
  console.log(`"${text}" is ${verdict.status}`)
}

connect()
say('What is the weather in Dublin?')
