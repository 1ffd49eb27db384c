import { LivegateError } from '@livegate/core'
import type { LinkedServer, Opening } from '../../src/index.ts'
import { RecordedSession } from '../../src/recorded-session.ts'
import { type Fault, faulty, quietly, slowToReadWhatIsLarge } from './faulty.ts'

/** Transports with one fault each in closing. */
export const closingFaults: readonly Fault[] = [
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
  // Transports that put the reason on the wire, whole and as much of it as a close frame can hold.
  {
    scenario: 'close',
    create: faulty({
      transport: (inner) => ({
        close: (reason = '') => {
          if (reason.length > 123) throw new SyntaxError('the reason is too long')
          inner.close()
        },
      }),
    }),
    message:
      'close: expected `close` to take a reason of 200 characters; it threw SyntaxError: the reason is too long. The reason is for the application. Write nothing of it on the wire.',
  },
  {
    scenario: 'close',
    create: (opening) =>
      faulty({
        transport: (inner) => ({
          close: (reason = '') => {
            Object.assign(opening.server.peers[0] ?? {}, { closeReason: reason.slice(0, 123) })
            inner.close()
          },
        }),
      })(opening),
    message:
      'close: expected the reason of `close` not to reach the server; 123 characters came. The reason is for the application. Write nothing of it on the wire.',
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
  // Once while it is closing, and once when it is closed.
  ...([true, false] as const).map((isAtOnce) => ({
    scenario: 'close-twice',
    create: faulty({
      transport: (inner) => {
        let state: 'open' | 'closing' | 'closed' = 'open'
        return {
          close: () => {
            if (state === (isAtOnce ? 'closing' : 'closed')) throw null
            inner.close()
            state = 'closing'
            queueMicrotask(() => {
              state = 'closed'
            })
          },
        }
      },
    }),
    message:
      'close-twice: expected `close` to do nothing when it is called again; it threw null. Return from `close` when the connection is closed or closing.',
  })),
  // After the server has ended the connection, with a close frame and without.
  ...(
    [
      ['the end', 1011],
      ['the cut', 1006],
    ] as const
  ).map(([name, endCode]) => ({
    scenario: 'close-twice',
    create: (opening: Opening<LinkedServer>) => {
      let isGone = false
      let isClosed = false
      return faulty({
        connection: (inner) => ({
          closed: (close) => {
            isGone = close?.code === endCode
            inner.closed(close)
          },
        }),
        transport: (inner) => ({
          close: () => {
            if (isGone && !isClosed) throw new Error('not connected')
            isClosed = true
            inner.close()
          },
        }),
      })(opening)
    },
    message: `close-twice: expected \`close\` to do nothing when it is called after ${name}; it threw Error: not connected. Return from \`close\` when the connection is closed or closing.`,
  })),
  // At once, and later.
  ...[(tell: () => void) => tell(), queueMicrotask].map((report) => ({
    scenario: 'close-twice',
    create: (opening: Opening<LinkedServer>) => {
      let isClosed = false
      let tell = (): void => {}
      return faulty({
        connection: (inner) => ({
          closed: (close) => {
            if (!isClosed) tell = () => inner.closed()
            inner.closed(close)
          },
        }),
        transport: (inner) => ({
          close: () => {
            isClosed = true
            inner.close()
            report(() => tell())
          },
        }),
      })(opening)
    },
    message:
      'close-twice: expected `closed()` to be called once; it was called 2 times. Of an error and the end that follows it, report only the end.',
  })),
  {
    scenario: 'close-twice',
    create: (opening) => {
      let tell = (): void => {}
      return faulty({
        connection: (inner) => {
          tell = () => inner.closed()
          return { closed: () => {} }
        },
        transport: (inner) => ({
          close: () => {
            inner.close()
            tell()
          },
        }),
      })(opening)
    },
    message:
      'close-twice: expected `closed()` to be called once; it was called 3 times. Of an error and the end that follows it, report only the end.',
  },
  {
    scenario: 'close-twice',
    create: faulty({ transport: () => ({ close: () => {} }) }),
    message:
      'close-twice: expected the server to see the end of the connection after `close`; it is still open there. End the socket in `close`.',
  },
  {
    scenario: 'send-after-close',
    create: faulty({
      transport: (inner) => {
        let isGone = false
        return {
          send: (type, body) => {
            if (!isGone) inner.send(type, body)
          },
          close: () => {
            inner.close()
            queueMicrotask(() => {
              isGone = true
            })
          },
        }
      },
    }),
    message:
      'send-after-close: expected `send` to throw after `close`; it took a realtimeInput without a word. Look whether the connection is open before writing: sockets take what nobody will get.',
  },
  {
    scenario: 'send-after-close',
    create: faulty({ transport: (inner) => ({ send: async (type, body) => inner.send(type, body) }) }),
    message:
      'send-after-close: expected `send` to throw after `close`; it returned a promise. Throw before `send` returns: an `async` function cannot, and no session looks at a promise.',
  },
  ...(['toolResponse', 'contextUpdate'] as const).map((kind) => ({
    scenario: 'send-after-close',
    create: faulty({
      transport: (inner) => {
        let isClosed = false
        return {
          send: (type, body) => {
            if (!isClosed || type !== kind) inner.send(type, body)
          },
          close: () => {
            isClosed = true
            inner.close()
          },
        }
      },
    }),
    message: `send-after-close: expected \`send\` to throw after \`close\`; it took a ${kind} without a word. Look whether the connection is open before writing: sockets take what nobody will get.`,
  })),
  // Errors that a session does not take for the end: they would be thrown on to whoever sends.
  ...(
    [
      ['send-after-close', '`close`', new Error('not open')],
      ['send-after-end', 'the end', new Error('not open')],
      ['send-after-close', '`close`', Object.assign(new Error('not open'), { code: 'closed' })],
      ['send-after-close', '`close`', new LivegateError('in-use', 'transport', 'open', 'closed')],
    ] as const
  ).map(([scenario, after, failure]) => ({
    scenario,
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => {
          try {
            inner.send(type, body)
          } catch {
            throw failure
          }
        },
      }),
    }),
    message: `${scenario}: expected \`send\` to throw a LivegateError with the code \`closed\` after ${after}; it threw ${failure}. Throw one: \`sendRealtimeInput\` then returns \`dropped\`, and throws every other error on to its caller.`,
  })),
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
      'end: expected the messages from the server and then its end to be reported: call one take_note as number 1 of 4; the end came. Report the end only after the messages that are still being read.',
  },
  // Only large messages take it longer to read.
  {
    scenario: 'end',
    create: slowToReadWhatIsLarge,
    message:
      'end: expected the messages from the server and then its end to be reported: call three take_note… (100021 characters, sum 0) as number 3 of 4; the end came. Report the end only after the messages that are still being read.',
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
    scenario: 'code-and-reason',
    create: faulty({
      connection: (inner) => ({ closed: (close) => inner.closed({ ...close, code: 1006 }) }),
    }),
    message:
      'code-and-reason: expected `closed()` to be called with {"code":1008,"reason":"Operation is not implemented, or supported, or enabled."}; it was called with {"code":1006,"reason":"Operation is not implemented, or supported, or enabled."}. Pass on what the close frame said, the reason as a string; or say features: { closeFrame: { missing: \'why\' } }.',
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
      'cut: expected `closed()` to be called once; it was called 2 times. Of an error and the end that follows it, report only the end.',
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
    scenario: 'send-after-end',
    create: faulty({ transport: (inner) => ({ send: async (type, body) => inner.send(type, body) }) }),
    message:
      'send-after-end: expected `send` to throw after the end; it returned a promise. Throw before `send` returns: an `async` function cannot, and no session looks at a promise.',
  },
  {
    scenario: 'send-after-end',
    create: (opening) => {
      let isCut = false
      return faulty({
        connection: (inner) => ({
          closed: (close) => {
            isCut = close?.code === 1006
            inner.closed(close)
          },
        }),
        transport: (inner) => ({
          send: (type, body) => {
            if (!isCut) inner.send(type, body)
          },
        }),
      })(opening)
    },
    message:
      'send-after-end: expected `send` to throw after the cut; it took a realtimeInput without a word. Look whether the connection is open before writing: sockets take what nobody will get.',
  },
  {
    scenario: 'send-after-close',
    create: faulty({
      transport: (inner) => {
        let isClosed = false
        return {
          send: (type, body) => {
            inner.send(type, body)
            if (isClosed) throw new LivegateError('closed', 'connection', 'open', 'closed')
          },
          close: () => {
            isClosed = true
            queueMicrotask(() => inner.close())
          },
        }
      },
    }),
    message:
      'send-after-close: expected nothing to arrive after close: nothing more as number 1 of 0; text too late came. Write nothing after `close`.',
  },
  // A client that connects again by itself.
  {
    scenario: 'cut',
    create: (opening) =>
      faulty({
        connection: (inner) => ({
          closed: (close) => {
            inner.closed(close)
            if (close?.code === 1006) void opening.server.connect(new RecordedSession())
          },
        }),
      })(opening),
    message:
      'cut: expected no connection to be opened after the cut, but by `create`; 1 was. Switch off that the client connects again by itself: what it opens belongs to no session, and keeps the process alive.',
  },
  // What an application would take for the end that it wanted.
  ...([undefined, { reason: '' }, { code: 1000, reason: 'bye' }] as const).map((close) => ({
    scenario: 'cut',
    create: faulty({ connection: (inner) => ({ closed: () => inner.closed(close) }) }),
    message: `cut: expected \`closed()\` to be called with the code 1006, or with a reason; it was called with ${JSON.stringify(close ?? {})}, which says that nothing is wrong. Say that the connection broke: \`classifyClose\` goes by it, and so does whoever connects again.`,
  })),
  {
    scenario: 'cut',
    create: faulty({ connection: () => ({ closed: () => {} }) }),
    message:
      'cut: expected `closed()` to be called when the server has ended the connection; it was not. Listen to the end of the socket, whether or not a close frame came.',
  },
  {
    scenario: 'send-after-end',
    create: faulty({
      transport: (inner, state) => ({
        get bufferedAmount() {
          if (state.isEnded) throw new TypeError('there is no socket')
          return inner.bufferedAmount ?? 0
        },
      }),
    }),
    message:
      'send-after-end: expected `bufferedAmount` to be readable after the end; it threw TypeError: there is no socket. Return 0 while there is no socket: the `snapshot()` of a session reads it at any time.',
  },
]
