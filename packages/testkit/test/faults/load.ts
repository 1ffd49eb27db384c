import { type Fault, faulty, sizeOf } from './faulty.ts'

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
      'large-sent: expected the server to receive what was sent, whole: text The weather in … (4194309 characters, sum 0) as number 1 of 3; audio AISes8Oi4QqGkE… (64027 characters, sum 0) came. Look for a limit on the size of a message, and at how its parts are joined.',
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
      "backpressure: expected `bufferedAmount` to be above 1048576 bytes while the server does not read; it is 0 after 64 MiB. Make it a getter that asks the socket; or say features: { bufferedAmount: { missing: 'why' } }.",
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
      'backpressure: expected the waiting messages to arrive in order: text one as number 2 of 4; nothing came. Keep what the socket does not accept at once.',
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
      'backpressure: expected `bufferedAmount` to be 0 when everything has left; it is 1066181. Subtract what has been sent, or ask the socket.',
  },
]
