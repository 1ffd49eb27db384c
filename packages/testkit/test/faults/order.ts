import type { Connection, Transport } from '@livegate/core/session'
import {
  endsWhenSetUp,
  type Fault,
  FragileServer,
  faulty,
  NullServer,
  rewritten,
  StrictServer,
  slowToReadWhatIsLarge,
} from './faulty.ts'

const calls = ['call one take_note {"lines":2,"urgent":false}', 'call two take_note two'] as const

/** Transports with one fault each in the order of what they report, and in keeping connections apart. */
export const orderFaults: readonly Fault[] = [
  {
    scenario: 'receive-order',
    create: slowToReadWhatIsLarge,
    message:
      'receive-order: expected the messages from the server to be reported in order: call c0 take_note Th… (100018 characters, sum 0) as number 1 of 102; call c1 take_note came. If reading a message takes an `await`, let the next message wait for it.',
  },
  {
    scenario: 'receive-order',
    create: faulty({
      connection: (inner) => ({
        receive: (message) => {
          if (!message.toolCallCancellation) inner.receive(message)
        },
      }),
    }),
    message:
      'receive-order: expected the messages from the server to be reported in order: cancellation c5 as number 6 of 102; call c6 take_note came. If reading a message takes an `await`, let the next message wait for it.',
  },
  // A call without its name, and one without its arguments.
  ...(
    [
      ['name', 'call c0 undefined Th… (100018 characters, sum 0)'],
      ['args', 'call c0 take_note undefined'],
    ] as const
  ).map(([field, came]) => ({
    scenario: 'receive-order',
    create: faulty({
      connection: (inner) => ({
        receive: (message) => inner.receive(rewritten(message, field, () => undefined)),
      }),
    }),
    message: `receive-order: expected the messages from the server to be reported in order: call c0 take_note Th… (100018 characters, sum 0) as number 1 of 102; ${came} came. If reading a message takes an \`await\`, let the next message wait for it.`,
  })),
  // One call and one id of each message; the arguments as text; each call by itself.
  ...(
    [
      ['functionCalls', (all) => all.slice(0, 1), `${calls.join(' and ')} as number 101`, calls[0]],
      [
        'lines',
        (lines) => `${lines}`,
        `${calls.join(' and ')} as number 101`,
        calls.join(' and ').replace('2', '"2"'),
      ],
      ['ids', (all) => all.slice(0, 1), 'cancellation one and two as number 102', 'cancellation one'],
    ] satisfies readonly [string, (value: unknown[]) => unknown, string, string][]
  ).map(([field, rewrite, label, came]) => ({
    scenario: 'receive-order',
    create: faulty({
      connection: (inner) => ({
        receive: (message) => inner.receive(rewritten(message, field, rewrite as never)),
      }),
    }),
    message: `receive-order: expected the messages from the server to be reported in order: ${label} of 102; ${came} came. If reading a message takes an \`await\`, let the next message wait for it.`,
  })),
  {
    scenario: 'receive-order',
    create: faulty({
      connection: (inner) => ({
        receive: (message) => {
          const { functionCalls } = message.toolCall ?? {}
          if (!functionCalls) inner.receive(message)
          for (const each of functionCalls ?? []) inner.receive({ toolCall: { functionCalls: [each] } })
        },
      }),
    }),
    message: `receive-order: expected the messages from the server to be reported in order: ${calls.join(' and ')} as number 101 of 102; ${calls[0]} came. If reading a message takes an \`await\`, let the next message wait for it.`,
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
      'epochs: expected the first connection to report its own messages: call first take_note as number 1 of 2; the end came. Keep the socket and the `Connection` in local variables of each call of `create`.',
  },
  {
    scenario: 'malformed-frames',
    listen: () => new FragileServer(),
    create: faulty({}),
    message:
      'malformed-frames: expected the messages before and after a malformed frame to be reported: call after take_note as number 2 of 2; the end came. Catch what the parser throws, report it without its content, and read on (G12).',
  },
  // A parser that returns nothing for what is not JSON.
  {
    scenario: 'malformed-frames',
    listen: () => new NullServer(),
    create: faulty({}),
    message:
      'malformed-frames: expected the messages before and after a malformed frame to be reported: call after take_note as number 2 of 2; null, which is no message, came. Catch what the parser throws, report it without its content, and read on (G12).',
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
      'epochs: expected the third connection to send its own messages: text third as number 1 of 2; text first came. Keep the socket and the `Connection` in local variables of each call of `create`.',
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
      'epochs: expected the third connection to report its own messages: call then take_note as number 2 of 2; the end came. Keep the socket and the `Connection` in local variables of each call of `create`.',
  },
  // A transport whose `close` ends the latest connection: of a session, the one that has taken its place.
  {
    scenario: 'epochs',
    create: (() => {
      let latest: Transport | undefined
      return faulty({
        transport: (inner) => {
          latest = inner
          return { close: () => latest?.close() }
        },
      })
    })(),
    message:
      'epochs: expected the third connection to report its own messages: call then take_note as number 2 of 2; the end came. Keep the socket and the `Connection` in local variables of each call of `create`.',
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
    message: `${scenario}: expected \`closed()\` to be called once; it was called 2 times. Of an error and the end that follows it, report only the end.`,
  })),
  {
    scenario: 'close',
    create: faulty({ transport: () => ({ close: () => {} }) }),
    message:
      'close: expected the server to see the end of the connection after `close`; it is still open there. End the socket in `close`.',
  },
  {
    scenario: 'malformed-frames',
    create: endsWhenSetUp,
    listen: () => new StrictServer(),
    message:
      'malformed-frames: expected the messages before and after a malformed frame to be reported: call before take_note as number 1 of 2; the end came. Catch what the parser throws, report it without its content, and read on (G12).',
  },
]
