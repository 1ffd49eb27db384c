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
      bindSocket(session, socket, {
        model: 'any',
        clock: platformClock,
        deadlines: { connectMs: 10_000, silenceMs: 120_000 },
        callbacks: { onerror: () => {} },
      })
      const end = (): void => socket.close()
      if (signal.aborted) end()
      else signal.addEventListener('abort', end)
    },
  })
  it.each(scenarios)('$title', ({ run }) => run())
})
