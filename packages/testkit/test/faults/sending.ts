import type { LinkedServer, Opening } from '../../src/index.ts'
import { type Fault, faulty, quietly, rewritten } from './faulty.ts'

const responses = [
  'm12 take_note {"output":{"lines":2}} scheduling SILENT',
  'm12b take_note {"output":"soon"} willContinue true',
] as const

/** Transports with one fault each in what they send. */
export const sendingFaults: readonly Fault[] = [
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
