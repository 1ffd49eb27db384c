import { endpointOf } from '@livegate/core/wire'
import { testTransport } from '@livegate/testkit'
import { describe, it } from 'vitest'
import { bindSocket } from '../src/bind-socket.ts'

describe('a transport over the WebSocket of a page', () => {
  const scenarios = testTransport({
    limitMs: 20_000,
    create({ session, server, signal }) {
      const options = { url: server.url, apiKey: 'any' }
      const socket = new WebSocket(endpointOf(options))
      socket.binaryType = 'arraybuffer'
      bindSocket(session, socket, options, { onMessage: () => {}, onMalformed: () => {} })
      if (signal.aborted) socket.close()
      else signal.addEventListener('abort', () => socket.close())
    },
  })
  it.each(scenarios)('$title', ({ run }) => run())
})
