/**
 * The server for adapters.ts, in a process of its own so that its work is not counted. It sends what a text of the client asks for,
 * such as `audio 240 100` (100 messages of 240 ms) or `call`, and then `{"done":true}`.
 */
import { WebSocketServer } from 'ws'

/** Encodes a message as the real server does: pretty-printed, in a binary frame. */
const frameOf = (message: object): Buffer => Buffer.from(`${JSON.stringify(message, null, 2)}\n`)

function audioMessage(durationMs: number): Buffer {
  const samples = Int16Array.from(
    { length: durationMs * 24 },
    (_, index) => 8000 * Math.sin(index / 7) + (index % 97),
  )
  const data = Buffer.from(samples.buffer).toString('base64')
  return frameOf({
    serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: 'audio/pcm;rate=24000', data } }] } },
  })
}

const done = frameOf({ done: true })
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
let calls = 0

server.on('connection', (socket) => {
  socket.on('message', (data) => {
    const text = String(data)
    if (text.startsWith('{"setup"')) socket.send(frameOf({ setupComplete: {} }))
    const [, what, durationMs = '0', count = '0'] = /"text":"(\w+) ?(\d*) ?(\d*)"/.exec(text) ?? []
    if (what === 'audio') {
      const frame = audioMessage(Number(durationMs))
      for (let sent = 0; sent < Number(count); sent++) socket.send(frame)
    }
    if (what === 'call') {
      const call = { name: 'get_weather', args: { city: 'Dublin' }, id: `function-call-${++calls}` }
      socket.send(frameOf({ toolCall: { functionCalls: [call] } }))
    } else if (what) socket.send(done)
  })
})

server.on('listening', () => {
  const address = server.address()
  if (typeof address === 'object') process.send?.(address?.port)
})
process.on('disconnect', () => process.exit())
