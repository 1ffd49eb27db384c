import { endpointOf } from '@livegate/core/wire'
import { testTransport } from '@livegate/testkit'
import { describe, it } from 'vitest'
import { bindSocket } from '../src/bind-socket.ts'
import type { SocketFactory } from '../src/index.ts'
import { platformClock } from '../src/platform-clock.ts'
import { loadWs, openSocket } from '../src/socket.ts'

describe.each<[string, SocketFactory]>([
  ['ws', await loadWs()],
  ["the platform's WebSocket", WebSocket],
])('a transport over %s', (_, webSocket) => {
  const scenarios = testTransport({
    limitMs: 20_000,
    async create({ session, server, signal }) {
      const url = endpointOf({ url: server.url, apiKey: 'any' })
      const socket = openSocket(url, undefined, webSocket)
      const options = { model: 'any', callbacks: { onerror: () => {} } }
      bindSocket(session, socket, options, platformClock, 10_000, 120_000)
      const end = (): void => socket.close()
      if (signal.aborted) end()
      else signal.addEventListener('abort', end)
    },
  })
  it.each(scenarios)('$title', ({ run }) => run())
})
