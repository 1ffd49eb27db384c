import { describe, it } from 'vitest'
import { type EmulatorServer, LinkedServer, type Opening, testTransport } from '../src/index.ts'
import { connectWebSocket } from './web-socket.ts'

const listen = (): LinkedServer => new LinkedServer()

describe('the linked transport', () => {
  const scenarios = testTransport({
    listen,
    create: ({ session, server, signal }) => server.connect(session, { signal }),
  })
  it.each(scenarios)('$title', ({ run }) => run())
})

/** A transport that keeps messages until it is open, and that closes once it is open if it was closed before. */
function connectKeeping({ session, server, signal }: Opening<LinkedServer>): unknown {
  const connect: typeof session.connect = (inner) => {
    const waiting: (() => void)[] = []
    let isOpen = false
    let isClosed = false
    const connection = session.connect({
      send: (type, body) => {
        if (isOpen || isClosed) inner.send(type, body)
        else waiting.push(() => inner.send(type, body))
      },
      close: () => {
        isClosed = true
        if (isOpen) inner.close()
      },
      get bufferedAmount() {
        return inner.bufferedAmount ?? 0
      },
    })
    const opened = (): void => {
      isOpen = true
      if (isClosed) inner.close()
      else {
        for (const send of waiting) send()
        connection.opened()
      }
    }
    return { ...connection, opened }
  }
  return server.connect({ connect }, { signal })
}

/** A transport that is made asynchronously, and reports only by a throw that it could not be opened. */
async function connectLate({ session, server, signal }: Opening<LinkedServer>): Promise<void> {
  await Promise.resolve()
  const connect: typeof session.connect = (transport) => {
    const connection = session.connect(transport)
    let isOpen = false
    return {
      ...connection,
      opened: () => {
        isOpen = true
        connection.opened()
      },
      closed: (close) => {
        if (isOpen) connection.closed(close)
      },
    }
  }
  await server.connect({ connect }, { signal })
}

describe.each([
  ['keeps messages until it is open', connectKeeping],
  ['is made asynchronously', connectLate],
])('a transport that %s', (_, create) => {
  it.each(testTransport({ listen, create }))('$title', ({ run }) => run())
})

/** A transport that sends the setup itself, one that leaves turn detection to the server. */
function connectByItself({ session, ...opening }: Opening<EmulatorServer>): void {
  const connect: typeof session.connect = (transport) => ({
    ...session.connect(transport),
    opened: () => transport.send('setup', { model: 'models/any' }),
  })
  connectWebSocket({ ...opening, session: { connect } })
}

describe.each([
  ["the platform's WebSocket", connectWebSocket],
  ['a transport that sends its setup itself', connectByItself],
])('%s, with the emulator', (_, create) => {
  it.each(testTransport({ create, limitMs: 20_000 }))('$title', ({ run }) => run())
})
