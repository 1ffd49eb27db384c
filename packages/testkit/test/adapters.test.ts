import { describe, it } from 'vitest'
import { LinkedServer, testTransport } from '../src/index.ts'
import { connectWebSocket } from './web-socket.ts'

describe('the linked transport', () => {
  const scenarios = testTransport({
    listen: () => new LinkedServer(),
    create: ({ session, server, signal }) => server.connect(session, { signal }),
  })
  it.each(scenarios)('$title', ({ run }) => run())
})

describe("the platform's WebSocket, with the emulator", () => {
  it.each(testTransport({ create: connectWebSocket, limitMs: 20_000 }))('$title', ({ run }) => run())
})
