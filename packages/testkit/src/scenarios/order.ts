import {
  assortment,
  call,
  calls,
  cancellation,
  clientLabel,
  labelOf,
  longText,
  serverLabel,
  text,
  unsendable,
} from '../messages.ts'
import { isPromise, throwAtOnce } from '../promise.ts'
import type { ScenarioDefinition } from '../scenario.ts'

/** The order of messages in both directions, and on two connections. */
export const order: readonly ScenarioDefinition[] = [
  {
    id: 'send-order',
    title: 'sends messages of every kind, whole, as they are when send is called, in the order of the calls',
    async play(stage) {
      const { session, transport, peer } = await stage.connect()
      // The content of a setup that the transport sends itself is unknown.
      const messages = assortment(100, session.count('opened') > 0)
      for (const message of messages) stage.sendAndReuse(transport, message)
      await stage.untilCount(() => peer.received, messages.length + 1)
      // A session sends what it has kept from within `receive`.
      const within = text('from within')
      messages.push(within)
      let failure: unknown
      session.whenTold = () => {
        try {
          stage.send(transport, within)
        } catch (error) {
          failure = error
        }
      }
      stage.serve(peer, call('asks'))
      await stage.untilCount(() => session.reported, 1)
      if (failure !== undefined) throw failure
      await stage.untilCount(() => peer.received, messages.length + 1)
      stage.compare(
        'the server to receive what was sent, in order',
        messages.map(labelOf),
        peer.received.slice(1).map(clientLabel),
        'Write each message whole in `send` itself: not after an `await`, and not by kind.',
      )
    },
  },
  {
    id: 'unsendable',
    title: 'throws when it cannot write a message, or delivers it; then it goes on',
    async play(stage) {
      const { transport, peer } = await stage.connect()
      let isTaken = true
      let isPromised = false
      try {
        isPromised = isPromise(transport.send(...unsendable))
      } catch {
        isTaken = false
      }
      const then = text('then')
      stage.send(transport, then)
      await stage.untilCount(() => peer.received, 2)
      const labels = peer.received.slice(1).map(clientLabel)
      if (!isTaken) {
        const advice = 'Serialize a message before you write any of it.'
        return stage.compare(
          'nothing to arrive of a message for which `send` threw',
          [labelOf(then)],
          labels,
          advice,
        )
      }
      if (labels[0] !== labelOf(then)) return
      throw stage.failure({
        expected: '`send` to throw for a message that JSON cannot carry, or the message to arrive',
        came: `it ${isPromised ? 'returned a promise' : 'took a realtimeInput'}, and nothing of it came`,
        advice: isPromised
          ? throwAtOnce
          : 'Let what the serializer throws reach the session: otherwise nobody learns that the message is lost.',
      })
    },
  },
  {
    id: 'receive-order',
    title: 'reports messages from the server whole and in order, large and small',
    async play(stage) {
      const { session, peer } = await stage.connect()
      const messages = Array.from({ length: 100 }, (_, index) => {
        if (index % 10 === 5) return cancellation(`c${index}`)
        return call(`c${index}`, index % 10 === 0 ? longText(100_000) : '')
      }).concat(calls, cancellation('one', 'two'))
      for (const message of messages) stage.serve(peer, message)
      await stage.untilCount(() => session.reported, messages.length)
      stage.compare(
        'the messages from the server to be reported in order',
        messages.flatMap(serverLabel),
        session.reported,
        'If reading a message takes an `await`, let the next message wait for it.',
      )
    },
  },
  {
    id: 'epochs',
    title:
      'keeps connections apart: each reports and sends its own messages, and one ends, by either side, without the others',
    async play(stage) {
      const first = await stage.connect()
      const second = await stage.connect()
      const third = await stage.connect()
      for (const [line, name] of [
        [first, 'first'],
        [second, 'second'],
        [third, 'third'],
      ] as const) {
        stage.serve(line.peer, call(name))
        stage.send(line.transport, text(name))
      }
      await stage.untilCount(() => first.session.reported, 1)
      first.peer.close({ code: 1011, reason: 'Internal error occurred.' })
      await stage.untilCount(() => first.session.reported, 2)
      // A session closes its transport when another one takes its place.
      await stage.untilCount(() => second.session.reported, 1)
      second.transport.close()
      await stage.untilCount(() => stage.server.peers.filter(({ isClosed }) => isClosed), 2)
      if (!third.peer.isClosed) stage.send(third.transport, text('then'))
      stage.serve(third.peer, call('then'))
      await stage.untilCount(() => third.session.reported, 2)
      await stage.untilCount(() => third.peer.received, 3)
      const advice = 'Keep the socket and the `Connection` in local variables of each call of `create`.'
      stage.compare(
        'the first connection to report its own messages',
        [...serverLabel(call('first')), 'the end'],
        first.session.reported,
        advice,
      )
      stage.compare(
        'the third connection to report its own messages',
        [call('third'), call('then')].flatMap(serverLabel),
        third.session.reported,
        advice,
      )
      const heard = third.peer.received.slice(1).map(clientLabel)
      stage.compare(
        'the third connection to send its own messages',
        ['text third', 'text then'],
        heard,
        advice,
      )
    },
  },
  {
    id: 'malformed-frames',
    title: 'ignores frames that are not messages, and goes on',
    feature: 'malformedFrames',
    async play(stage) {
      const { session, peer } = await stage.connect()
      const able = stage.able(peer, 'malformedFrames')
      stage.serve(peer, call('before'))
      if (!peer.isClosed) able.sendMalformed()
      stage.serve(peer, call('after'))
      await stage.untilCount(() => session.reported, 2)
      stage.compare(
        'the messages before and after a malformed frame to be reported',
        [call('before'), call('after')].flatMap(serverLabel),
        session.reported,
        'Catch what the parser throws, report it without its content, and read on (G12).',
      )
    },
  },
]
