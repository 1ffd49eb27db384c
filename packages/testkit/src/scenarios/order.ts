import {
  assortment,
  call,
  cancellation,
  clientLabel,
  labelOf,
  longText,
  serverLabel,
  text,
} from '../messages.ts'
import type { ScenarioDefinition } from '../scenario.ts'

/** Messages in their order, both ways, and each on its own connection. */
export const order: readonly ScenarioDefinition[] = [
  {
    id: 'send-order',
    title: 'sends messages of every kind, whole, in the order of the calls to send',
    async play(stage) {
      const { session, transport, peer } = await stage.connect()
      // What a setup says that a transport sends itself is not known.
      const messages = assortment(100, session.count('opened') > 0)
      for (const message of messages) stage.send(transport, message)
      await stage.untilCame(() => peer.received, messages.length + 1)
      stage.compare(
        'the server to receive what was sent, in order',
        messages.map(labelOf),
        peer.received.slice(1).map(clientLabel),
        'Write each message in `send` itself, whole: not after an `await`, and not by kind.',
      )
    },
  },
  {
    id: 'receive-order',
    title: 'tells the messages of the server whole, in the order in which they came, large and small',
    async play(stage) {
      const { session, peer } = await stage.connect()
      const messages = Array.from({ length: 100 }, (_, index) => {
        if (index % 10 === 5) return cancellation(`c${index}`)
        return call(`c${index}`, index % 10 === 0 ? longText(100_000) : '')
      })
      for (const message of messages) stage.serve(peer, message)
      await stage.untilCame(() => session.told, messages.length)
      stage.compare(
        'the messages of the server to be told in order',
        messages.flatMap(serverLabel),
        session.told,
        'Where reading a message takes an `await`, let the next one wait for it.',
      )
    },
  },
  {
    id: 'epochs',
    title: 'keeps two connections apart: each tells and takes its own, and one ends without the other',
    async play(stage) {
      const first = await stage.connect()
      const second = await stage.connect()
      for (const [line, name] of [
        [first, 'first'],
        [second, 'second'],
      ] as const) {
        stage.serve(line.peer, call(name))
        stage.send(line.transport, text(name))
      }
      first.peer.close({ code: 1011, reason: 'Internal error occurred.' })
      await stage.untilCame(() => first.session.told, 2)
      stage.serve(second.peer, call('then'))
      stage.send(second.transport, text('then'))
      await stage.untilCame(() => second.session.told, 2)
      await stage.untilCame(() => second.peer.received, 3)
      const advice =
        'Keep the socket and the `Connection` of each call of `create` to itself: in no variable outside.'
      stage.compare(
        'the first connection to be told its own',
        [...serverLabel(call('first')), 'the end'],
        first.session.told,
        advice,
      )
      stage.compare(
        'the second connection to be told its own',
        [call('second'), call('then')].flatMap(serverLabel),
        second.session.told,
        advice,
      )
      const heard = second.peer.received.slice(1).map(clientLabel)
      stage.compare('the second connection to be sent its own', ['text second', 'text then'], heard, advice)
    },
  },
  {
    id: 'malformed-frames',
    title: 'passes over what is no message, and goes on',
    feature: 'malformedFrames',
    async play(stage) {
      const { session, peer } = await stage.connect()
      const able = stage.able(peer, 'malformedFrames')
      stage.serve(peer, call('before'))
      able.sendMalformed()
      stage.serve(peer, call('after'))
      await stage.untilCame(() => session.told, 2)
      stage.compare(
        'what comes before and after a malformed frame to be told',
        [call('before'), call('after')].flatMap(serverLabel),
        session.told,
        'Catch what the parser throws, report it without its content, and read on (G12).',
      )
    },
  },
]
