import { endpointOf } from '@livegate/core/wire'
import { expect, it, onTestFinished, vi } from 'vitest'
import { listenWithEmulator } from '../src/emulator-server.ts'
import {
  ConformanceError,
  type EmulatorServer,
  type Features,
  LinkedServer,
  type Opening,
  type Peer,
  type PeerServer,
  type Scenario,
  type TransportTestOptions,
  testTransport,
} from '../src/index.ts'
import { turn } from '../src/stage.ts'
import { rewritten } from './faults/faulty.ts'
import { connectWebSocket } from './web-socket.ts'

const listen = (): LinkedServer => new LinkedServer()
const create = ({ session, server, signal }: Opening<LinkedServer>) => server.connect(session, { signal })

/** Lets the stage look several times. Its timer of 0 ms takes longer than many turns of the event loop. */
async function someTurns(): Promise<void> {
  for (let turns = 0; turns < 20; turns++) await turn()
}

function scenarioOf<Server extends PeerServer>(id: string, options: TransportTestOptions<Server>): Scenario {
  const scenario = testTransport(options).find((each) => each.id === id)
  if (!scenario) throw new Error(`there is no scenario ${id}`)
  return scenario
}

/** Plays one scenario and returns the message of what it throws. */
async function play<Server extends PeerServer>(
  id: string,
  options: TransportTestOptions<Server>,
): Promise<string> {
  const { run } = scenarioOf(id, { limitMs: 500, ...options })
  const failure: unknown = await run().catch((error: unknown) => error)
  return failure instanceof ConformanceError ? failure.message : `no ConformanceError: ${failure}`
}

it('has a unique id in kebab case for each scenario, and a title that continues a sentence', () => {
  const scenarios = testTransport({ listen, create })
  expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length)
  expect(
    scenarios.filter(({ id, title }) => !/^[a-z]+(-[a-z]+)*$/.test(id) || !/^[a-z]/.test(title)),
  ).toEqual([])
})

it.each<[keyof Features, string]>([
  ['bufferedAmount', 'backpressure'],
  ['closeFrame', 'code-and-reason'],
  ['malformedFrames', 'malformed-frames'],
  ['signal', 'abort-while-opening'],
])('does not test %s if it is listed as missing, and says why', async (feature, id) => {
  const start = vi.fn(listen)
  const all = testTransport({ listen: start, create, features: { [feature]: { missing: 'there is none' } } })
  const skipped = all.filter(({ skip }) => skip)
  expect(skipped.map((scenario) => [scenario.id, scenario.skip])).toEqual([[id, 'there is none']])
  expect(skipped[0]?.title).toMatch(/ \(not tested: there is none\)$/)
  await skipped[0]?.run()
  expect(start).not.toHaveBeenCalled()
})

it.each<[string, unknown, string]>([
  ['no create', { listen }, 'create must be a function that opens a connection; got "undefined"'],
  ['no time', { create, limitMs: 0 }, 'limitMs must be a number above 0; got "0"'],
  ['a time in words', { create, limitMs: '400' }, 'limitMs must be a number above 0; got "400"'],
  [
    'a server in place of listen',
    { create, listen: { peers: [], close: () => {} } },
    'listen must be a function that returns a server with peers and close(); got "[object Object]"',
  ],
  [
    'a misspelt option',
    { create, lisnen: listen },
    'lisnen must be left out: there is no such option here; got "function"',
  ],
  [
    'an unknown feature',
    { create, features: { buffered: { missing: 'why' } } },
    'features must be of bufferedAmount, closeFrame, malformedFrames, signal; got "buffered"',
  ],
  ...[null, false, true, { missing: '' }, { missing: ' ' }].map((lack): [string, unknown, string] => [
    `a feature of ${JSON.stringify(lack)}`,
    { create, features: { signal: lack } },
    `features.signal must be { missing: the reason, in words }; leave it out if the transport has it; got "${lack}"`,
  ]),
])('refuses %s before anything is started', (_, options, message) => {
  expect(() => testTransport(options as TransportTestOptions)).toThrow(
    expect.objectContaining({ code: 'invalid-options', message }),
  )
})

it('takes an undefined option of any name as absent', () => {
  const given = { listen, create, limitMs: undefined, more: undefined } as TransportTestOptions<LinkedServer>
  expect(testTransport(given).length).toBe(20)
})

it.each<[string, unknown]>([
  ['nothing', undefined],
  ['a server without peers', { close: () => {} }],
  ['a server that cannot be closed', { peers: [] }],
])('refuses a listen that returns %s', async (_, server) => {
  const given = { listen: () => server, create } as TransportTestOptions<LinkedServer>
  await expect(testTransport(given)[0]?.run()).rejects.toMatchObject({
    code: 'invalid-options',
    message: `listen must be a function that returns a server with peers and close(); got "${server}"`,
  })
})

it.each<[string, TransportTestOptions<LinkedServer>['create'], string]>([
  ['gives no transport', () => {}, 'no transport was given. Call `session.connect(transport)` in `create`.'],
  [
    'throws',
    () => {
      throw new Error('no route')
    },
    'expected `create` to open a connection; it threw Error: no route. See that it connects to the `server`',
  ],
  [
    'says too early that the connection is open',
    ({ session }) => {
      const fail = (): never => {
        throw new Error('not yet')
      }
      session.connect({ send: fail, close: () => {} }).opened()
    },
    '`send` threw Error: not yet when the setup was sent in `opened()`. Call `opened()` when the connection',
  ],
  [
    'connects elsewhere',
    ({ session }) => void session.connect({ send: () => {}, close: () => {} }),
    'no setup reached the server. Call `opened()` when the socket is open: the setup is sent then.',
  ],
  [
    'tells no message',
    ({ session, server }) =>
      server.connect({
        connect: (transport) => ({ ...session.connect(transport), receive: () => {} }),
      }),
    'setupComplete, which the server sent, was not reported. Pass each message from the server, parsed, to `receive()`.',
  ],
  [
    'never says that the connection is open',
    ({ session, server }) =>
      server.connect({
        connect: (transport) => ({ ...session.connect(transport), opened: () => {} }),
      }),
    'no setup reached the server. Call `opened()` when the socket is open: the setup is sent then.',
  ],
  [
    'says that the connection ended, and not that it was open',
    ({ session, server }) =>
      server.connect({
        connect: (transport) => {
          const connection = session.connect(transport)
          return { ...connection, opened: () => connection.closed({ code: 1000, reason: '' }) }
        },
      }),
    'it ended (1000: no reason). Find out what ends a connection that nobody has closed.',
  ],
  [
    'tells messages without what they say',
    ({ session, server }) =>
      server.connect({
        connect: (transport) => {
          const connection = session.connect(transport)
          return { ...connection, receive: () => connection.receive({}) }
        },
      }),
    'setupComplete, which the server sent, was not reported. Pass each message from the server, parsed, to `receive()`.',
  ],
  [
    'connects to another server',
    ({ session }) => new LinkedServer().connect(session).then((peer) => peer.send({ setupComplete: {} })),
    'expected the server to have the other end of the connection in its `peers`; it has 0. Add each connection',
  ],
  [
    'never resolves',
    async ({ session, server }) => {
      await server.connect(session)
      await new Promise(() => {})
    },
    '`create` is pending. Let it resolve once the connection is open.',
  ],
])('says what is missing if create %s', async (_, wrong, words) => {
  expect(await play('opens', { listen, create: wrong })).toContain(words)
})

it.each<[string, keyof Peer]>([
  ['backpressure', 'pause'],
  ['malformed-frames', 'sendMalformed'],
])('for %s, says that the peer has no %s', async (id, method) => {
  const bare = (): LinkedServer => {
    const server = listen()
    const { connect } = server
    server.connect = async (...given) => {
      const peer = await connect.apply(server, given)
      Object.defineProperty(peer, method, { value: undefined })
      return peer
    }
    return server
  }
  expect(await play(id, { listen: bare, create })).toContain(
    `expected the peer to have \`${method}\`; it has none. Add it to the peers of \`listen\``,
  )
})

it.each(['send-before-open', 'close-while-opening'])(
  'for %s, says that no transport was given, and why',
  async (id) => {
    expect(await play(id, { listen, create: () => {} })).toBe(
      `${id}: expected \`create\` to give \`session.connect\` a transport; it gave none. Call \`session.connect(transport)\`, and report events to the connection that it returns.`,
    )
    const failing = async (): Promise<never> => {
      await Promise.resolve()
      throw new Error('no route')
    }
    expect(await play(id, { listen, create: failing })).toContain('; it threw Error: no route. ')
  },
)

it('says that the transport does not take a message', async () => {
  const refusing = ({ session, server }: Opening<LinkedServer>) =>
    server.connect({
      connect: (transport) =>
        session.connect({
          send: (type, body) => {
            if (type === 'clientContent') throw new Error('no such message')
            transport.send(type, body)
          },
          close: () => transport.close(),
        }),
    })
  expect(await play('send-order', { listen, create: refusing })).toBe(
    'send-order: expected `send` to take a clientContent while the connection is open; it threw Error: no such message. A transport sends every message that the session gives it, whatever its type.',
  )
})

it('finds, with the emulator too, a transport that ends on a malformed frame', async () => {
  const fragile = (opening: Opening<EmulatorServer>) => connectWebSocket(opening, (socket) => socket.close())
  expect(await play('malformed-frames', { create: fragile, limitMs: 20_000 })).toContain(
    'before and after a malformed frame to be reported: call after take_note as number 2 of 2; the end came.',
  )
})

it.each([
  ['mimeType', 'audio AAAAAAm1 undefined'],
  ['role', 'clientContent undefined m2'],
  ['data', 'audio undefined audio/pcm;rate=16000'],
  ['video', 'an empty input'],
  ['systemInstruction', 'contextUpdate {}'],
])('finds, with the emulator too, a transport that loses each %s', async (field, came) => {
  const losing = ({ session, ...opening }: Opening<EmulatorServer>): void => {
    const connect: typeof session.connect = (transport) =>
      session.connect({
        send: (type, body) =>
          transport.send(
            type,
            rewritten(body, field, () => undefined),
          ),
        close: () => transport.close(),
      })
    connectWebSocket({ ...opening, session: { connect } })
  }
  expect(await play('send-order', { create: losing, limitMs: 20_000 })).toContain(` of 101; ${came} came. `)
})

it('closes whatever a scenario leaves open, even if it fails', async () => {
  const servers: LinkedServer[] = []
  const kept = (): LinkedServer => {
    const server = listen()
    // The transports have to be closed: the `close` of many servers waits for their connections to end.
    server.close = () => {}
    servers.push(server)
    return server
  }
  for (const { run } of testTransport({
    listen: kept,
    create: ({ session, server }) => server.connect(session),
    limitMs: 20,
  })) {
    await run().catch(() => {})
  }
  const open = servers.flatMap(({ peers }) => peers).filter(({ isClosed }) => !isClosed)
  expect([servers.length, open]).toEqual([20, []])
})

it.each<[string, () => Promise<(string | undefined)[]>]>([
  ["a server of one's own", () => keysTold({ listen, create })],
  ['the emulator', () => keysTold({ create: connectWebSocket })],
])('answers each setup once, with %s', async (_, told) => {
  expect(await told()).toEqual(['setupComplete', 'setupComplete'])
})

/** What the two connections of `opens` report while `create` is slow. */
async function keysTold<Server extends PeerServer>(
  options: TransportTestOptions<Server>,
): Promise<(string | undefined)[]> {
  const keys: (string | undefined)[] = []
  const slow = async ({ session, ...opening }: Opening<Server>): Promise<void> => {
    const connect: typeof session.connect = (transport) => {
      const connection = session.connect(transport)
      return {
        ...connection,
        receive: (message) => {
          keys.push(Object.keys(message)[0])
          connection.receive(message)
        },
      }
    }
    await options.create({ ...opening, session: { connect } })
    await someTurns()
  }
  await scenarioOf('opens', { ...options, create: slow }).run()
  return keys
}

it('does not answer a setup before it has arrived', async () => {
  const told: unknown[] = []
  const late = async ({ session, server }: Opening<LinkedServer>): Promise<void> => {
    const peer = await server.connect({
      connect: (transport) => {
        const connection = session.connect(transport)
        const opened = async (): Promise<void> => {
          await someTurns()
          transport.send('setup', { model: 'any' })
        }
        const receive: typeof connection.receive = (message) => {
          told.push([message, peer.received])
          connection.receive(message)
        }
        return { ...connection, opened: () => void opened(), receive }
      },
    })
  }
  await scenarioOf('cut', { listen, create: late }).run()
  const answered = [{ setupComplete: {} }, [{ setup: { model: 'any' } }]]
  expect(told).toEqual([answered, answered])
})

it('leaves no timer', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
  const before = timers()
  await scenarioOf('cut', { listen, create }).run()
  expect(timers()).toBe(before)
})

it('closes each server once', async () => {
  const closes: number[] = []
  const counted = (): LinkedServer => {
    const server = listen()
    const { close } = server
    const place = closes.push(0) - 1
    server.close = () => {
      closes[place] = (closes[place] ?? 0) + 1
      close.call(server)
    }
    return server
  }
  for (const { run } of testTransport({ listen: counted, create })) await run()
  expect(closes).toEqual(Array(20).fill(1))
})

it('works while a test has fake timers installed', async () => {
  vi.useFakeTimers()
  try {
    expect(await play('end', { listen, create })).toBe('no ConformanceError: undefined')
    expect(await play('end', { listen, create: () => {} })).toContain('no transport was given')
    // The emulator reads again when the kit says so.
    const overSockets = {
      create: (opening: Opening<EmulatorServer>) => connectWebSocket(opening),
      limitMs: 20_000,
    }
    expect(await play('backpressure', overSockets)).toBe('no ConformanceError: undefined')
  } finally {
    vi.useRealTimers()
  }
})

it('does not wait forever for a server that does not close', async () => {
  const stuck = (): PeerServer => ({ peers: [], close: () => new Promise(() => {}) })
  const words = await play('opens', { listen: stuck, create: () => {} })
  expect(words).toContain('no transport was given')
})

it.each<[string, string, Partial<TransportTestOptions<LinkedServer>>]>([
  ['three waits', 'epochs', {}],
  [
    'a server that does not close',
    'send-order',
    { listen: () => Object.assign(listen(), { close: () => new Promise<void>(() => {}) }) },
  ],
])('fails soon after its time limit, also with %s', async (_, id, options) => {
  const limitMs = 1000
  const lossy = ({ session, server }: Opening<LinkedServer>) =>
    server.connect({
      connect: (transport) => {
        const send: typeof transport.send = (type, body) => {
          if (type === 'setup') transport.send(type, body)
        }
        const connection = session.connect({ send, close: () => transport.close() })
        const receive: typeof connection.receive = (message) => {
          if (message.setupComplete) connection.receive(message)
        }
        return { ...connection, receive }
      },
    })
  const late = new Promise((resolve) => setTimeout(resolve, 1.9 * limitMs, 'late'))
  const playing = play(id, { listen, create: lossy, limitMs, ...options })
  expect(await Promise.race([playing, late])).toContain(' came. ')
})

it('says at once that a connection ended before it was open, how it ended, and which address to use', async () => {
  const message = await play('opens', {
    // Longer than the timeout of this test.
    limitMs: 60_000,
    create: ({ session }) => {
      const connection = session.connect({ send: () => {}, close: () => {} })
      connection.closed({ code: 1006, reason: 'Unexpected server response: 404' })
    },
  })
  expect(message).toBe(
    'opens: expected the connection to be set up; it ended before the server knew of it (1006: Unexpected server response: 404). See that it connects to the address of the `server` that it is given. A WebSocket to the emulator takes the path of the API: `endpointOf({ url: server.url })` of @livegate/core/wire has it.',
  )
})

it.each<[string, string, (socket: WebSocket, server: EmulatorServer) => void]>([
  ['sees the reason in the close frame of a transport', 'why', (socket) => socket.close(1000, 'why')],
  ['does not take its own for one', '', (_, { peers }) => peers[0]?.close({ code: 1000, reason: 'why' })],
])('a peer of the emulator %s', async (_, closeReason, end) => {
  const server = await listenWithEmulator()
  onTestFinished(() => server.close())
  const socket = new WebSocket(endpointOf({ url: server.url }))
  await new Promise((resolve) => socket.addEventListener('open', resolve))
  end(socket, server)
  await expect.poll(() => server.peers[0]).toMatchObject({ isClosed: true, closeReason })
})
