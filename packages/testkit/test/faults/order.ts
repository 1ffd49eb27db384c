import type { Connection, Transport } from '@livegate/core/session'
import type { LinkedServer, Opening } from '../../src/index.ts'
import {
  endsWhenSetUp,
  type Fault,
  FragileServer,
  faulty,
  NullServer,
  quietly,
  rewritten,
  StrictServer,
  slowToReadWhatIsLarge,
} from './faulty.ts'

const responses = [
  'm12 take_note {"output":{"lines":2}} scheduling SILENT',
  'm12b take_note {"output":"soon"} willContinue true',
] as const

const calls = ['call one take_note {"lines":2,"urgent":false}', 'call two take_note two'] as const

/** Transports with one fault each in the order of messages. */
export const orderFaults: readonly Fault[] = [
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
      'send-order: expected the server to receive what was sent, in order: toolResponse m3 take_note {"output":"m3"} as number 4 of 101; video AAAA image/png came. Write each message whole in `send` itself: not after an `await`, and not by kind.',
  },
  // In order, but with what a caller has put into the message meanwhile.
  {
    scenario: 'send-order',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => {
          if (type === 'setup') inner.send(type, body)
          else queueMicrotask(() => inner.send(type, body))
        },
      }),
    }),
    message:
      'send-order: expected the server to receive what was sent, in order: text m0 as number 1 of 101; text changed came. Write each message whole in `send` itself: not after an `await`, and not by kind.',
  },
  // Transports that are busy while they report a message: one loses what is sent meanwhile, one throws.
  ...(
    [
      [
        () => {},
        'the server to receive what was sent, in order: text from within as number 101 of 101; nothing came. Write each message whole in `send` itself: not after an `await`, and not by kind.',
      ],
      [
        () => {
          throw new Error('busy')
        },
        '`send` to take a realtimeInput while the connection is open; it threw Error: busy. A transport sends every message that the session gives it, whatever its type.',
      ],
    ] satisfies readonly [() => void, string][]
  ).map(([refuse, found]) => ({
    scenario: 'send-order',
    create: (opening: Opening<LinkedServer>) => {
      let isBusy = false
      return faulty({
        transport: (inner) => ({
          send: (type, body) => {
            if (isBusy) refuse()
            else inner.send(type, body)
          },
        }),
        connection: (inner) => ({
          receive: (message) => {
            isBusy = true
            inner.receive(message)
            isBusy = false
          },
        }),
      })(opening)
    },
    message: `send-order: expected ${found}`,
  })),
  // Transports that send only the messages their author needed.
  ...(
    [
      ['video', 'video AAAA image/png', 'contextUpdate user Be brief.'],
      ['contextUpdate', 'contextUpdate user Be brief.', 'audioStreamEnd'],
      ['audioStreamEnd', 'audioStreamEnd', 'activityStart'],
      ['activityStart', 'activityStart', 'activityEnd'],
      [
        'activityEnd',
        'activityEnd',
        'contextUpdate {"tools":{"tools":[{"functionDeclarations":[{"name":"take_note"}]}]}}',
      ],
    ] as const
  ).map(([kind, label, next], place) => ({
    scenario: 'send-order',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => {
          if (type !== kind && !(kind in body)) inner.send(type, body)
        },
      }),
    }),
    message: `send-order: expected the server to receive what was sent, in order: ${label} as number ${place + 5} of 101; ${next} came. Write each message whole in \`send\` itself: not after an \`await\`, and not by kind.`,
  })),
  // Transports that write only the fields their author knew.
  ...(
    [
      [
        'audio',
        ({ data }) => ({ data }),
        'audio AAAAAAm1 audio/pcm;rate=16000 as number 2',
        'audio AAAAAAm1 undefined',
      ],
      [
        'audio',
        (audio) => ({ ...audio, mimeType: 'audio/pcm;rate=24000' }),
        'audio AAAAAAm1 audio/pcm;rate=16000 as number 2',
        'audio AAAAAAm1 audio/pcm;rate=24000',
      ],
      [
        'turns',
        () => [{ parts: [{ text: 'm2' }] }],
        'clientContent user m2 as number 3',
        'clientContent undefined m2',
      ],
      [
        'video',
        ({ mimeType }) => ({ mimeType }),
        'video AAAA image/png as number 5',
        'video undefined image/png',
      ],
      // Some models need the name.
      [
        'name',
        () => undefined,
        'toolResponse m3 take_note {"output":"m3"} as number 4',
        'toolResponse m3 undefined {"output":"m3"}',
      ],
      ['systemInstruction', () => undefined, 'contextUpdate user Be brief. as number 6', 'contextUpdate {}'],
    ] satisfies readonly [string, (value: Record<string, unknown>) => unknown, string, string][]
  ).map(([field, rewrite, label, came]) => ({
    scenario: 'send-order',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => inner.send(type, rewritten(body, field, rewrite)),
      }),
    }),
    message: `send-order: expected the server to receive what was sent, in order: ${label} of 101; ${came} came. Write each message whole in \`send\` itself: not after an \`await\`, and not by kind.`,
  })),
  // Transports whose author knew of one entry in each list, and of one field in each input.
  ...(
    [
      [
        'functionResponses',
        (all) => all.slice(0, 1),
        `toolResponse ${responses.join()} as number 13`,
        `toolResponse ${responses[0]}`,
      ],
      [
        'functionResponses',
        (all) => all.map(({ id, name, response }) => ({ id, name, response })),
        `toolResponse ${responses.join()} as number 13`,
        `toolResponse ${responses.join().replace(/ (scheduling|willContinue) \w+/g, '')}`,
      ],
      [
        'turns',
        (all) => all.slice(0, 1),
        'clientContent user m11, again, model Once is enough., a turn that is complete as number 12',
        'clientContent user m11, again, a turn that is complete',
      ],
      [
        'parts',
        (all) => all.slice(0, 1),
        'clientContent user m11, again, model Once is enough., a turn that is complete as number 12',
        'clientContent user m11, model Once is enough., a turn that is complete',
      ],
      [
        'tools',
        () => undefined,
        'contextUpdate {"tools":{"tools":[{"functionDeclarations":[{"name":"take_note"}]}]}} as number 10',
        'contextUpdate {}',
      ],
      [
        'text',
        (text) => (`${text}` === 'm10' ? undefined : text),
        'audio AAAAAm10 audio/pcm;rate=16000 and text m10 as number 11',
        'audio AAAAAm10 audio/pcm;rate=16000',
      ],
    ] satisfies readonly [string, (value: Record<string, unknown>[]) => unknown, string, string][]
  ).map(([field, rewrite, label, came]) => ({
    scenario: 'send-order',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) =>
          inner.send(type, type === 'setup' ? body : rewritten(body, field, rewrite as never)),
      }),
    }),
    message: `send-order: expected the server to receive what was sent, in order: ${label} of 101; ${came} came. Write each message whole in \`send\` itself: not after an \`await\`, and not by kind.`,
  })),
  {
    scenario: 'send-order',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) =>
          inner.send(type, type === 'clientContent' ? { ...body, turnComplete: true } : body),
      }),
    }),
    message:
      'send-order: expected the server to receive what was sent, in order: clientContent user m2 as number 3 of 101; clientContent user m2, a turn that is complete came. Write each message whole in `send` itself: not after an `await`, and not by kind.',
  },
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
  // Transports that keep what their serializer throws to themselves, at once and later.
  {
    scenario: 'unsendable',
    create: faulty({
      transport: (inner, state) => ({
        send: (type, body) => {
          if (state.isEnded) return inner.send(type, body)
          quietly(() => inner.send(type, body))
        },
      }),
    }),
    message:
      'unsendable: expected `send` to throw for a message that JSON cannot carry, or the message to arrive; it took a realtimeInput, and nothing of it came. Let what the serializer throws reach the session: otherwise nobody learns that the message is lost.',
  },
  {
    scenario: 'unsendable',
    create: faulty({ transport: (inner) => ({ send: async (type, body) => inner.send(type, body) }) }),
    message:
      'unsendable: expected `send` to throw for a message that JSON cannot carry, or the message to arrive; it returned a promise, and nothing of it came. Throw before `send` returns: an `async` function cannot, and no session looks at a promise.',
  },
  // A transport that has begun to write before it finds out.
  {
    scenario: 'unsendable',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => {
          if (type === 'realtimeInput' && 'video' in body) {
            inner.send<'realtimeInput'>(type, { video: { data: 'AAAA', mimeType: 'image/png' } })
          }
          inner.send(type, body)
        },
      }),
    }),
    message:
      'unsendable: expected nothing to arrive of a message for which `send` threw: text then as number 1 of 1; video AAAA image/png came. Serialize a message before you write any of it.',
  },
  // A transport that makes the caller's object its envelope.
  {
    scenario: 'send-order',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => {
          inner.send(type, { ...body })
          Object.assign(body, { kind: type })
        },
      }),
    }),
    message:
      'send-order: expected `send` to leave the message as it is; text m0 became kind realtimeInput and text m0. Copy it before you change it: callers may use the object again, and a session its setup.',
  },
]
