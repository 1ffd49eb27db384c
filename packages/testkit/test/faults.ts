import type { Connection, Transport } from '@livegate/core/session'
import { type LinkedPeer, LinkedServer, type Opening } from '../src/index.ts'

/** A transport that is right but for one thing. */
export type Create = (opening: Opening<LinkedServer>) => unknown

interface Spoilt {
  /** What is wrong with the transport, from the one that it stands before. */
  readonly transport?: (inner: Transport, state: State) => Partial<Transport>
  /** What is wrong with what is told, from the connection that hears it. */
  readonly connection?: (inner: Connection, state: State) => Partial<Connection>
}

interface State {
  isOpen: boolean
  isEnded: boolean
}

/** The linked transport with a fault. */
function faulty({ transport: spoil, connection: misreport }: Spoilt): Create {
  return ({ session, server, signal }) => {
    const state: State = { isOpen: false, isEnded: false }
    const connect = (inner: Transport): Connection => {
      const sound: Transport = {
        send: (type, body) => inner.send(type, body),
        close: () => inner.close(),
        get bufferedAmount() {
          return inner.bufferedAmount ?? 0
        },
      }
      const outer = session.connect(spoil ? override(sound, spoil(inner, state)) : sound)
      const told: Connection = {
        epoch: outer.epoch,
        opened: () => outer.opened(),
        receive: (message) => outer.receive(message),
        closed: (close) => outer.closed(close),
      }
      const teller = misreport ? override(told, misreport(outer, state)) : told
      return {
        ...teller,
        opened: () => {
          state.isOpen = true
          teller.opened()
        },
        closed: (close) => {
          state.isEnded = true
          teller.closed(close)
        },
      }
    }
    return server.connect({ connect }, { signal })
  }
}

function override<Whole extends object>(whole: Whole, part: Partial<Whole>): Whole {
  return Object.defineProperties(whole, Object.getOwnPropertyDescriptors(part)) as Whole
}

const quietly = (run: () => void): void => {
  try {
    run()
  } catch {
    // The fault: nobody hears of it.
  }
}

const sizeOf = (value: object): number => JSON.stringify(value).length

/** A server that ends a connection for a malformed frame, as a client does that does not catch what its parser throws. */
class FragileServer extends LinkedServer {
  override async connect(...given: Parameters<LinkedServer['connect']>): Promise<LinkedPeer> {
    const peer = await super.connect(...given)
    peer.sendMalformed = () => peer.close()
    return peer
  }
}

export interface Fault {
  /** The scenario that finds it. */
  readonly scenario: string
  readonly create: Create
  readonly listen?: () => LinkedServer
  /** What the error says; every sum is 0. */
  readonly message: string
}

/** Transports with one fault each; for every scenario one at least. */
export const faults: readonly Fault[] = [
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
      'opens: expected `opened()` to be called once; it was called 2 times. Call it when the socket is open; not at all where the transport sends a setup itself.',
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
      'send-before-open: expected `send` to throw before the connection is open, or what it takes to arrive; it took the setup without a word, and nothing arrived. Throw in `send` until the socket is open: a session keeps what it could not send, or says so.',
  },
  {
    scenario: 'refused',
    create: (opening) => {
      const connecting = faulty({ connection: () => ({ closed: () => {} }) })(opening) as Promise<unknown>
      return connecting.catch(() => new Promise(() => {}))
    },
    message:
      'refused: expected `closed()` to be called, or `create` to throw, when there is no server; neither happened. Listen to the error of the socket as well as to its end: without it a session waits for its deadline.',
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
      'close-while-opening: expected no connection to be left open after `close()`; 1 was. Where the socket cannot be closed before it is open, close it as soon as it is.',
  },
  {
    scenario: 'abort-while-opening',
    create: ({ session, server }) => server.connect(session),
    message:
      "abort-while-opening: expected `closed()` to be called, or `create` to throw, when the signal is aborted; neither happened. Give up the opening when the signal is aborted; or say features: { signal: { missing: 'why' } }.",
  },
  {
    scenario: 'send-order',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => {
          if (type === 'toolResponse') queueMicrotask(() => inner.send(type, body))
          else inner.send(type, body)
        },
      }),
    }),
    message:
      'send-order: expected the server to receive what was sent, in order: toolResponse m3 as number 4 of 100; text m4 came. Write each message in `send` itself, whole: not after an `await`, and not by kind.',
  },
  {
    scenario: 'receive-order',
    create: faulty({
      connection: (inner) => ({
        receive: (message) => {
          if (sizeOf(message) > 10_000) queueMicrotask(() => inner.receive(message))
          else inner.receive(message)
        },
      }),
    }),
    message:
      'receive-order: expected the messages of the server to be told in order: call c0 The weather … (100008 characters, sum 0) as number 1 of 100; call c1 came. Where reading a message takes an `await`, let the next one wait for it.',
  },
  {
    scenario: 'epochs',
    create: (() => {
      let latest: Connection | undefined
      return faulty({
        connection: (inner) => {
          latest = inner
          return { receive: (message) => latest?.receive(message) }
        },
      })
    })(),
    message:
      'epochs: expected the first connection to be told its own: call first as number 1 of 2; the end came. Keep the socket and the `Connection` of each call of `create` to itself: in no variable outside.',
  },
  {
    scenario: 'malformed-frames',
    listen: () => new FragileServer(),
    create: faulty({}),
    message:
      'malformed-frames: expected what comes before and after a malformed frame to be told: call after as number 2 of 2; the end came. Catch what the parser throws, report it without its content, and read on (G12).',
  },
  {
    scenario: 'close',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => {
          if (type === 'setup') inner.send(type, body)
          else queueMicrotask(() => quietly(() => inner.send(type, body)))
        },
      }),
    }),
    message:
      'close: expected the server to receive what was sent before close: text 0 The weather i… (1000007 characters, sum 0) as number 1 of 8; nothing came. End the socket in order (`end`, `close`) in place of cutting it (`destroy`, `terminate`).',
  },
  {
    scenario: 'close-twice',
    create: faulty({
      transport: (inner, state) => ({
        close: () => {
          if (state.isEnded) throw new Error('not connected')
          inner.close()
        },
      }),
    }),
    message:
      'close-twice: expected `close` to do nothing when it is called again; it threw Error: not connected. Return from `close` when the connection is closed or closing.',
  },
  {
    scenario: 'send-after-close',
    create: faulty({
      transport: (inner) => {
        let isClosed = false
        return {
          send: (type, body) => {
            if (!isClosed || type !== 'toolResponse') inner.send(type, body)
          },
          close: () => {
            isClosed = true
            inner.close()
          },
        }
      },
    }),
    message:
      'send-after-close: expected `send` to throw after `close`; it took a toolResponse without a word. Look whether the connection is open before writing: sockets take what nobody will get.',
  },
  {
    scenario: 'end',
    create: faulty({
      connection: (inner) => ({
        receive: (message) => {
          if (message.toolCall) queueMicrotask(() => inner.receive(message))
          else inner.receive(message)
        },
      }),
    }),
    message:
      'end: expected the messages of the server and then its end to be told: call one as number 1 of 4; the end came. Let the end wait for messages that are still being read.',
  },
  {
    scenario: 'code-and-reason',
    create: faulty({
      connection: (inner) => ({ closed: (close) => inner.closed({ ...close, reason: '' }) }),
    }),
    message:
      'code-and-reason: expected `closed()` to be called with {"code":1008,"reason":"Operation is not implemented, or supported, or enabled."}; it was called with {"code":1008,"reason":""}. Pass on what the close frame said, the reason as a string; or say features: { closeFrame: { missing: \'why\' } }.',
  },
  {
    scenario: 'cut',
    create: faulty({
      connection: (inner) => ({
        closed: (close) => {
          inner.closed({ reason: 'error' })
          inner.closed(close)
        },
      }),
    }),
    message:
      'cut: expected `closed()` to be called once; it was called 2 times. Of an error and the end that follows it, tell the end alone.',
  },
  {
    scenario: 'send-after-end',
    create: faulty({
      transport: (inner) => ({ send: (type, body) => quietly(() => inner.send(type, body)) }),
    }),
    message:
      'send-after-end: expected `send` to throw after the end; it took a realtimeInput without a word. Look whether the connection is open before writing: sockets take what nobody will get.',
  },
  {
    scenario: 'large-sent',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => {
          if (sizeOf(body) < 1_000_000) inner.send(type, body)
        },
      }),
    }),
    message:
      'large-sent: expected the server to receive what was sent, whole: text The weather in … (4194309 characters, sum 0) as number 1 of 3; audio AISes8Oi4QqGkE… (64006 characters, sum 0) came. Look for a limit of the size of a message, and at how the bytes of letters are put together.',
  },
  {
    scenario: 'large-received',
    create: faulty({
      connection: (inner) => ({
        receive: (message) =>
          inner.receive(JSON.parse(JSON.stringify(message).replaceAll('🌈', '\ufffd\ufffd'))),
      }),
    }),
    message:
      'large-received: expected the messages of the server to be told whole: call large The weath… (4194315 characters, sum 0) as number 1 of 2; call large The weath… (4194315 characters, sum 0) came. Put a message together from all its parts before it is decoded: a part can end within a letter.',
  },
  {
    scenario: 'backpressure',
    create: faulty({ transport: ({ bufferedAmount = 0 }) => ({ bufferedAmount }) }),
    message:
      "backpressure: expected `bufferedAmount` to be above 1048576 bytes when the server takes nothing; it is 0 after 64 MiB. Make it a getter that asks the socket; or say features: { bufferedAmount: { missing: 'why' } }.",
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
      'opens: expected `opened()` to be called before anything else is told; message was told before. Call it when the socket is open, before messages are read.',
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
      'opens: expected `opened()` to be called once; it was called 2 times. Call it when the socket is open; not at all where the transport sends a setup itself.',
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
      'opens: expected the server to receive one setup and nothing else: nothing more as number 2 of 1; setup came. A transport that sends a setup itself leaves `opened()` out; one that does not sends nothing of its own.',
  },
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
      'opens: expected the connection to be set up; it ended. See what ends a connection of which nobody wants the end.',
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
      'refused: expected `opened()` not to be called, and `closed()` at most once; they were called 1 and 1 times. Call `opened()` in the event of the open socket alone; of error and end, which both come, tell one.',
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
      'close-while-opening: expected nothing but its end to be told of a connection after `close()`; closed, opened were told. Take the listeners off the socket, or let them look whether the connection is given up.',
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
      'close-while-opening: expected `close` not to throw while the connection is opening; it threw Error: not open. A session closes its transport when the setup takes too long: give up the opening then.',
  },
  {
    scenario: 'abort-while-opening',
    create: ({ session, server, signal }) =>
      server.connect({
        connect: (transport) => {
          const connection = session.connect(transport)
          signal.addEventListener('abort', () => connection.closed())
          return connection
        },
      }),
    message:
      'abort-while-opening: expected no connection to be left open after the abort; 1 was. Where the socket cannot be closed before it is open, close it as soon as it is.',
  },
  {
    scenario: 'epochs',
    create: (() => {
      let latest: Transport | undefined
      return faulty({
        transport: (inner) => {
          latest = inner
          return { send: (type, body) => latest?.send(type, body) }
        },
      })
    })(),
    message:
      'epochs: expected the second connection to be sent its own: text second as number 1 of 2; text first came. Keep the socket and the `Connection` of each call of `create` to itself: in no variable outside.',
  },
  {
    scenario: 'epochs',
    create: (() => {
      let latest: Connection | undefined
      return faulty({
        connection: (inner) => {
          latest = inner
          return {
            closed: (close) => {
              inner.closed(close)
              latest?.closed(close)
            },
          }
        },
      })
    })(),
    message:
      'epochs: expected the second connection to be told its own: call then as number 2 of 2; the end came. Keep the socket and the `Connection` of each call of `create` to itself: in no variable outside.',
  },
  ...(['close-twice', 'end'] as const).map((scenario) => ({
    scenario,
    create: faulty({
      connection: (inner) => ({
        closed: (close) => {
          inner.closed(close)
          inner.closed(close)
        },
      }),
    }),
    message: `${scenario}: expected \`closed()\` to be called once; it was called 2 times. Of an error and the end that follows it, tell the end alone.`,
  })),
  {
    scenario: 'close',
    create: faulty({ transport: () => ({ close: () => {} }) }),
    message:
      'close: expected the server to see the end of the connection after `close`; it is still open there. End the socket in `close`.',
  },
  {
    scenario: 'send-after-close',
    create: faulty({
      transport: (inner) => {
        let isClosed = false
        return {
          send: (type, body) => {
            inner.send(type, body)
            if (isClosed) throw new Error('closed')
          },
          close: () => {
            isClosed = true
            queueMicrotask(() => inner.close())
          },
        }
      },
    }),
    message:
      'send-after-close: expected nothing to arrive after close: nothing more as number 1 of 0; text too late came. Put nothing on the wire after `close`.',
  },
  {
    scenario: 'cut',
    create: faulty({ connection: () => ({ closed: () => {} }) }),
    message:
      'cut: expected `closed()` to be called when the server has ended the connection; it was not. Listen to the end of the socket, whether or not a close frame came.',
  },
  {
    scenario: 'backpressure',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => {
          if ((inner.bufferedAmount ?? 0) < 1_000_000) inner.send(type, body)
        },
      }),
    }),
    message:
      'backpressure: expected what waited to arrive in order: text one as number 2 of 4; nothing came. What the socket does not take at once, it has to keep.',
  },
  {
    scenario: 'backpressure',
    create: faulty({
      transport: (inner) => {
        let most = 0
        return {
          get bufferedAmount() {
            most = Math.max(most, inner.bufferedAmount ?? 0)
            return most
          },
        }
      },
    }),
    message:
      'backpressure: expected `bufferedAmount` to be 0 when everything has left; it is 1066181. Count what has left as well, or ask the socket.',
  },
]
