import type { Connection } from '@livegate/core/session'
import { endsWhenSetUp, type Fault, faulty, rewritten } from './faulty.ts'

/** Transports with one fault each in opening. */
export const openingFaults: readonly Fault[] = [
  {
    scenario: 'opens',
    create: faulty({
      connection: (inner) => ({
        opened: () => {
          inner.opened()
          inner.opened()
        },
      }),
    }),
    message:
      'opens: expected `opened()` to be called once; it was called 2 times. Call it when the socket is open; never if the transport sends a setup itself.',
  },
  {
    scenario: 'send-before-open',
    create: faulty({
      transport: (inner, state) => ({
        send: (type, body) => {
          if (state.isOpen) inner.send(type, body)
        },
      }),
    }),
    message:
      'send-before-open: expected `send` to throw before the connection is open, or the message to arrive; it accepted the setup, and nothing arrived. Throw in `send` until the socket is open: the session then keeps the message, or reports it.',
  },
  {
    scenario: 'send-before-open',
    create: faulty({ transport: (inner) => ({ send: async (type, body) => inner.send(type, body) }) }),
    message:
      'send-before-open: expected `send` to throw before the connection is open, or the message to arrive; it returned a promise, and nothing arrived. Throw before `send` returns: an `async` function cannot, and no session looks at a promise.',
  },
  {
    scenario: 'send-before-open',
    create: faulty({
      transport: (inner, state) => {
        let isBroken = false
        return {
          send: (type, body) => {
            isBroken ||= !state.isOpen
            if (isBroken) throw new Error('broken')
            inner.send(type, body)
          },
        }
      },
    }),
    message:
      'send-before-open: expected the connection to be set up; `send` threw Error: broken when the setup was sent in `opened()`. Call `opened()` when the connection takes messages, not before.',
  },
  {
    scenario: 'refused',
    create: faulty({
      connection: (inner) => ({
        closed: (close) => {
          inner.closed(close)
          inner.closed(close)
        },
      }),
    }),
    message:
      'refused: expected `opened()` not to be called, and `closed()` at most once; they were called 0 and 2 times. Call `opened()` only when the socket opens; of its error and its end, report one.',
  },
  // As sockets report an error, and then their end.
  {
    scenario: 'refused',
    create: faulty({
      connection: (inner) => ({
        closed: (close) => {
          inner.closed(close)
          setTimeout(() => inner.closed(close), 0)
        },
      }),
    }),
    message:
      'refused: expected `opened()` not to be called, and `closed()` at most once; they were called 0 and 2 times. Call `opened()` only when the socket opens; of its error and its end, report one.',
  },
  {
    scenario: 'refused',
    create: (opening) => {
      const connecting = faulty({ connection: () => ({ closed: () => {} }) })(opening) as Promise<unknown>
      return connecting.catch(() => new Promise(() => {}))
    },
    message:
      'refused: expected `closed()` to be called, or `create` to throw, when there is no server; neither happened. Listen to both the error and the end of the socket: otherwise a session waits for its deadline.',
  },
  {
    scenario: 'close-while-opening',
    create: faulty({
      transport: (inner, state) => ({
        close: () => {
          if (state.isOpen) inner.close()
        },
      }),
    }),
    message:
      'close-while-opening: expected no connection to be left open after `close()`; 1 was. If the socket cannot be closed before it is open, close it as soon as it is.',
  },
  // A signal that is aborted already emits no event.
  {
    scenario: 'abort-while-opening',
    create: ({ session, server, signal }) => server.connect(session, signal.aborted ? {} : { signal }),
    message:
      "abort-while-opening: expected `closed()` to be called, or `create` to throw, when the signal was aborted before; neither happened. Cancel the opening when the signal is aborted; or say features: { signal: { missing: 'why' } }.",
  },
  {
    scenario: 'abort-while-opening',
    create: ({ session, server }) => server.connect(session),
    message:
      "abort-while-opening: expected `closed()` to be called, or `create` to throw, when the signal is aborted; neither happened. Cancel the opening when the signal is aborted; or say features: { signal: { missing: 'why' } }.",
  },
  {
    scenario: 'opens',
    create: faulty({
      connection: (inner) => ({
        opened: () => {
          inner.receive({})
          inner.opened()
        },
      }),
    }),
    message:
      'opens: expected `opened()` to be called before anything else is reported; message was reported before. Call it when the socket is open, before messages are read.',
  },
  {
    scenario: 'opens',
    create: (() => {
      let first: Connection | undefined
      return faulty({
        connection: (inner) => ({
          opened: () => {
            first?.opened()
            first ??= inner
            inner.opened()
          },
        }),
      })
    })(),
    message:
      'opens: expected `opened()` to be called once; it was called 2 times. Call it when the socket is open; never if the transport sends a setup itself.',
  },
  {
    scenario: 'opens',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => {
          inner.send(type, body)
          inner.send(type, body)
        },
      }),
    }),
    message:
      'opens: expected the server to receive one setup and nothing else: nothing more as number 2 of 1; setup came. A transport that sends a setup itself does not call `opened()`; any other sends nothing of its own.',
  },
  // Transports that write only the fields their author knew.
  ...(
    [
      [() => ({}), 'model models/gemini-2.5-flash-native-audio as number 1 of 3; nothing'],
      [
        (setup) => ({ ...setup, model: 'models/any' }),
        'model models/gemini-2.5-flash-native-audio as number 1 of 3; model models/any',
      ],
      [
        ({ model }) => ({ model }),
        'realtimeInputConfig {"automaticActivityDetection":{"disabled":true}} as number 2 of 3; nothing',
      ],
      [
        ({ tools, ...setup }) => setup,
        'tools [{"functionDeclarations":[{"name":"take_note"}]}] as number 3 of 3; nothing',
      ],
    ] satisfies readonly [(setup: Record<string, unknown>) => object, string][]
  ).map(([rewrite, found]) => ({
    scenario: 'opens',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => inner.send(type, type === 'setup' ? rewritten(body, '', rewrite) : body),
      }),
    }),
    message: `opens: expected the setup to arrive with all its fields: ${found} came. Write the whole body that \`send\` is given: it contains the tools of the session.`,
  })),
  {
    scenario: 'opens',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => {
          inner.send(type, body)
          inner.close()
        },
      }),
    }),
    message:
      'opens: expected the connection to be set up; it ended. Find out what ends a connection that nobody has closed.',
  },
  {
    scenario: 'refused',
    create: faulty({
      connection: (inner) => ({
        closed: (close) => {
          inner.opened()
          inner.closed(close)
        },
      }),
    }),
    message:
      'refused: expected `opened()` not to be called, and `closed()` at most once; they were called 1 and 1 times. Call `opened()` only when the socket opens; of its error and its end, report one.',
  },
  {
    scenario: 'close-while-opening',
    create: faulty({
      connection: (inner) => ({
        closed: (close) => {
          inner.closed(close)
          inner.opened()
        },
      }),
    }),
    message:
      'close-while-opening: expected only the end of a connection to be reported after `close()`; closed, opened were reported. Remove the listeners from the socket, or let them check whether the connection was closed.',
  },
  {
    scenario: 'close-while-opening',
    create: faulty({
      transport: (inner, state) => ({
        close: () => {
          if (!state.isOpen) throw new Error('not open')
          inner.close()
        },
      }),
    }),
    message:
      'close-while-opening: expected `close` not to throw while the connection is opening; it threw Error: not open. A session closes its transport when the setup takes too long: cancel the opening then.',
  },
  {
    scenario: 'abort-while-opening',
    create: async ({ session, server, signal }) => {
      signal.throwIfAborted()
      await server.connect({
        connect: (transport) => {
          const connection = session.connect(transport)
          signal.addEventListener('abort', () => connection.closed())
          return connection
        },
      })
    },
    message:
      'abort-while-opening: expected no connection to be left open after the abort; 1 was. If the socket cannot be closed before it is open, close it as soon as it is.',
  },
  // One that takes a message too early for the end.
  {
    scenario: 'send-before-open',
    create: (opening) => {
      let tell = (): void => {}
      return faulty({
        connection: (inner) => {
          tell = () => inner.closed({ reason: 'not open' })
          return {}
        },
        transport: (inner, state) => ({
          send: (type, body) => {
            if (!state.isOpen) tell()
            inner.send(type, body)
          },
        }),
      })(opening)
    },
    message:
      'send-before-open: expected `send` only to throw before the connection is open; it reported the end. Report the end when the socket ends: the connection is still opening.',
  },
  // One that ends its second connection.
  {
    scenario: 'close-while-opening',
    create: (() => {
      let isSecond = false
      return (opening) => {
        const create = isSecond ? endsWhenSetUp : faulty({})
        isSecond = true
        return create(opening)
      }
    })(),
    message:
      'close-while-opening: expected the connection that was opened after `close()` to stay open; it ended. Find out what ends a connection that nobody has closed.',
  },
  // A transport that asks a socket which is not there yet.
  {
    scenario: 'send-before-open',
    create: faulty({
      transport: (inner, state) => ({
        get bufferedAmount() {
          if (!state.isOpen) throw new TypeError('there is no socket')
          return inner.bufferedAmount ?? 0
        },
      }),
    }),
    message:
      'send-before-open: expected `bufferedAmount` to be readable before the connection is open; it threw TypeError: there is no socket. Return 0 while there is no socket: the `snapshot()` of a session reads it at any time.',
  },
]
