import type { Transport } from '@livegate/core/session'
import { type Create, endsWhenSetUp, type Fault, faulty, quietly, StrictServer, sizeOf } from './faulty.ts'

interface Queue {
  /** What it keeps of a message. */
  readonly take: (body: object) => object
  /** Whether messages of this type leave before others that wait. */
  readonly isUrgent: (type: string) => boolean
}

/** A transport that keeps messages while the server has not read the earlier ones. */
function withQueue({ take, isUrgent }: Queue): Create {
  return faulty({
    transport: (inner) => {
      const waiting: { readonly isUrgent: boolean; readonly send: () => void }[] = []
      const flush = (): void => {
        if (inner.bufferedAmount) return void setImmediate(flush)
        for (const { send } of waiting.splice(0).sort((a, b) => Number(b.isUrgent) - Number(a.isUrgent)))
          send()
      }
      return {
        send: (type, body) => {
          if (waiting.length === 0 && !inner.bufferedAmount) return inner.send(type, body)
          const kept = take(body) as typeof body
          waiting.push({ isUrgent: isUrgent(type), send: () => quietly(() => inner.send(type, kept)) })
          if (waiting.length === 1) flush()
        },
        get bufferedAmount() {
          return waiting.length > 0 ? 2_000_000 : (inner.bufferedAmount ?? 0)
        },
      }
    },
  })
}

/** Transports with one fault each under load. */
export const loadFaults: readonly Fault[] = [
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
      'large-sent: expected the server to receive what was sent, whole: text The weather in … (4194309 characters, sum 0) as number 1 of 3; audio AISes8Oi4QqGkE… (64027 characters, sum 0) came. Look for a limit on the size of a message, at how its parts are joined, and for messages that pass it.',
  },
  // One that sends what is large by another way, which takes longer.
  {
    scenario: 'large-sent',
    create: faulty({
      transport: (inner) => ({
        send: (type, body) => {
          if (sizeOf(body) < 1_000_000) inner.send(type, body)
          else queueMicrotask(() => inner.send(type, body))
        },
      }),
    }),
    message:
      'large-sent: expected the server to receive what was sent, whole: text The weather in … (4194309 characters, sum 0) as number 1 of 3; audio AISes8Oi4QqGkE… (64027 characters, sum 0) came. Look for a limit on the size of a message, at how its parts are joined, and for messages that pass it.',
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
      'large-received: expected the messages from the server to be reported whole: call large take_note… (4194325 characters, sum 0) as number 1 of 2; call large take_note… (4194325 characters, sum 0) came. Join all parts of a message before you decode it: a part can end in the middle of a character.',
  },
  {
    scenario: 'backpressure',
    create: faulty({ transport: ({ bufferedAmount = 0 }) => ({ bufferedAmount }) }),
    message:
      "backpressure: expected `bufferedAmount` to be above 1048576 bytes while the server does not read; it is 0 after 64 MiB. Make it a getter that asks the socket for bytes; or say features: { bufferedAmount: { missing: 'why' } }.",
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
      'backpressure: expected the waiting messages to arrive in order: text m0 as number 2 of 9; nothing came. Keep what the socket does not accept at once, as it was then, and let nothing pass it.',
  },
  // Transports with a queue for what the socket does not accept at once: of objects that the caller uses again, and of two priorities.
  {
    scenario: 'backpressure',
    create: withQueue({ take: (body) => body, isUrgent: () => false }),
    message:
      'backpressure: expected the waiting messages to arrive in order: text m0 as number 2 of 9; text changed came. Keep what the socket does not accept at once, as it was then, and let nothing pass it.',
  },
  {
    scenario: 'backpressure',
    create: withQueue({ take: structuredClone, isUrgent: (type) => type === 'toolResponse' }),
    message:
      'backpressure: expected the waiting messages to arrive in order: text m0 as number 2 of 9; toolResponse m3 take_note {"output":"m3"} came. Keep what the socket does not accept at once, as it was then, and let nothing pass it.',
  },
  {
    scenario: 'backpressure',
    create: (() => {
      let latest: Transport | undefined
      return faulty({
        transport: (inner) => {
          latest = inner
          return {
            get bufferedAmount() {
              return latest?.bufferedAmount ?? 0
            },
          }
        },
      })
    })(),
    message:
      "backpressure: expected `bufferedAmount` to be above 1048576 bytes while the server does not read; it is 0 after 64 MiB. Make it a getter that asks the socket for bytes; or say features: { bufferedAmount: { missing: 'why' } }.",
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
      'backpressure: expected `bufferedAmount` to be 0 when everything has left; it is 1066663. Subtract what has been sent, or ask the socket.',
  },
  // In a unit of its own: what a division by zero gives, text, and bits.
  ...(
    [
      [
        (bytes) => (bytes > 0 ? Number.NaN : 0),
        'to be above 1048576 bytes while the server does not read; it is NaN after 64 MiB',
      ],
      [String, 'to be above 1048576 bytes while the server does not read; it is "1066663" after 1 MiB'],
    ] satisfies readonly [(bytes: number) => unknown, string][]
  ).map(([count, found]) => ({
    scenario: 'backpressure',
    create: faulty({
      transport: (inner) => ({
        get bufferedAmount() {
          return count(inner.bufferedAmount ?? 0) as number
        },
      }),
    }),
    message: `backpressure: expected \`bufferedAmount\` ${found}. Make it a getter that asks the socket for bytes; or say features: { bufferedAmount: { missing: 'why' } }.`,
  })),
  {
    scenario: 'backpressure',
    create: faulty({
      transport: (inner) => ({
        get bufferedAmount() {
          return (inner.bufferedAmount ?? 0) * 8
        },
      }),
    }),
    message:
      'backpressure: expected `bufferedAmount` to grow by at most 4194304 with a message of 1048576 characters; it grew by 8528664. Count bytes, and each of them once: a session holds input by it.',
  },
  {
    scenario: 'backpressure',
    create: endsWhenSetUp,
    listen: () => new StrictServer(),
    message:
      'backpressure: expected `send` to take a realtimeInput while the connection is open; it threw LivegateError: transport must be open to send realtimeInput; got "closed". A transport sends every message that the session gives it, whatever its type.',
  },
]
