// A custom transport: a session over the platform's WebSocket, bound by hand. docs/custom-transport.md says what a transport
// must do, and how to test one.
//
//   node examples/custom-transport.ts                     talks to the emulator, on this machine
//   GEMINI_API_KEY=… node examples/custom-transport.ts    talks to Google

import { LivegateError } from '@livegate/core'
import { type Clock, LiveSession } from '@livegate/core/session'
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

const parameters = { type: 'OBJECT', properties: { city: { type: 'STRING' } } }
const session = new LiveSession({
  clock,
  setup: toSetup('gemini-2.5-flash-native-audio-preview-12-2025', {
    responseModalities: ['AUDIO'],
    tools: [{ functionDeclarations: [{ name: 'get_weather', parameters }] }],
  }),
  tools: {
    get_weather: ({ city }) => {
      console.log(`get_weather runs for ${city}`)
      say('Should I take an umbrella?')
      return { city, celsius: 12, sky: 'light rain' }
    },
  },
})
session.on('call-settled', ({ call, as }) => console.log(`${call.name} is ${as}`))
session.on('session-closed', ({ report: { code, reason } }) => {
  console.log(`the session is over: ${code ?? 'closed from here'} ${reason ?? ''}`.trimEnd())
  void emulator?.close()
})

const socket = new WebSocket(endpointOf({ apiKey: apiKey ?? 'none', ...(emulator && { url: emulator.url }) }))
socket.binaryType = 'arraybuffer'
const connection = session.connect({
  send(type, body) {
    if (socket.readyState !== WebSocket.OPEN)
      throw new LivegateError('closed', 'socket', `open to send ${type}`, socket.readyState)
    socket.send(writeFrame(type, body))
  },
  close: () => socket.close(1000),
  get bufferedAmount() {
    return socket.bufferedAmount
  },
})
socket.onopen = () => connection.opened()
socket.onclose = ({ code, reason }) => connection.closed({ code, reason })
socket.onerror = () => {
  // Node 22 emits no `close` for a socket that could not be opened.
  if (socket.readyState === WebSocket.CONNECTING) connection.closed({ reason: 'the socket did not open' })
}
let turns = 0
socket.onmessage = ({ data }) => {
  const frame = readFrame(data)
  if ('problem' in frame) return console.error(`ignored a frame: ${frame.problem}`)
  // First of all: if the message calls a tool, the gate is shut when this returns.
  connection.receive(frame.message)
  if (frame.message.serverContent?.turnComplete && ++turns === 2) session.close()
}

function say(text: string): void {
  const verdict = session.sendRealtimeInput({ text })
  console.log(`"${text}" is ${verdict.status}`)
}

say('What is the weather in Dublin?') // waits until the session is set up
