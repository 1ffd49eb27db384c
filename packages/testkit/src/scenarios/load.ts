import {
  assortment,
  type ClientMessage,
  call,
  clientLabel,
  labelOf,
  longText,
  secondOfAudio,
  serverLabel,
  text,
} from '../messages.ts'
import type { ScenarioDefinition } from '../scenario.ts'
import { turn } from '../stage.ts'

const mebibyte = 1_048_576

/** More than the buffers of both operating systems hold. */
const mostMessages = 64

/** What a message of a MiB may add, however it is encoded: less than its bits. */
const mostGrowth = 4 * mebibyte

/** Large messages and backpressure. */
export const load: readonly ScenarioDefinition[] = [
  {
    id: 'large-sent',
    title: 'sends a message of 4 MiB, and a second of audio in one message, whole',
    async play(stage) {
      const { transport, peer } = await stage.connect()
      const messages = [text(longText(4 * mebibyte)), secondOfAudio(), text('then')]
      for (const message of messages) stage.send(transport, message)
      await stage.untilCount(() => peer.received, messages.length + 1)
      stage.compare(
        'the server to receive what was sent, whole',
        messages.map(labelOf),
        peer.received.slice(1).map(clientLabel),
        'Look for a limit on the size of a message, at how its parts are joined, and for messages that pass it.',
      )
    },
  },
  {
    id: 'large-received',
    title: 'reports a message of 4 MiB from the server whole, and the message after it',
    async play(stage) {
      const { session, peer } = await stage.connect()
      const messages = [call('large', longText(4 * mebibyte)), call('small')]
      for (const message of messages) stage.serve(peer, message)
      await stage.untilCount(() => session.reported, messages.length)
      stage.compare(
        'the messages from the server to be reported whole',
        messages.flatMap(serverLabel),
        session.reported,
        'Join all parts of a message before you decode it: a part can end in the middle of a character.',
      )
    },
  },
  {
    id: 'backpressure',
    title: 'reports how much it has not sent while the server does not read, and loses none of it',
    feature: 'bufferedAmount',
    async play(stage) {
      const { transport, peer } = await stage.connect()
      const able = stage.able(peer, 'bufferedAmount')
      // Nothing waits in another connection, by which this one could be judged.
      await stage.connect()
      const buffered = (): number => transport.bufferedAmount ?? 0
      const labels: string[] = []
      const send = (message: ClientMessage): void => {
        labels.push(labelOf(message))
        stage.sendAndReuse(transport, message)
      }
      const body = longText(mebibyte)
      let growth = 0
      if (!peer.isClosed) able.pause()
      while (!(buffered() > mebibyte) && labels.length < mostMessages) {
        const before = buffered()
        send(text(`${labels.length} ${body}`))
        growth = Math.max(growth, buffered() - before)
        await turn()
      }
      const large = labels.length
      // Small messages of several kinds behind large ones.
      for (const message of assortment(8, false)) send(message)
      const most: unknown = transport.bufferedAmount
      if (!peer.isClosed) able.resume()
      if (typeof most !== 'number' || !(most > mebibyte)) {
        throw stage.failure({
          expected: `\`bufferedAmount\` to be above ${mebibyte} bytes while the server does not read`,
          came: `it is ${typeof most === 'string' ? JSON.stringify(most) : most} after ${large} MiB`,
          advice:
            "Make it a getter that asks the socket for bytes; or say features: { bufferedAmount: { missing: 'why' } }.",
        })
      }
      if (growth > mostGrowth) {
        throw stage.failure({
          expected: `\`bufferedAmount\` to grow by at most ${mostGrowth} with a message of ${mebibyte} characters`,
          came: `it grew by ${growth}`,
          advice: 'Count bytes, and each of them once: a session holds input by it.',
        })
      }
      await stage.untilCount(() => peer.received, labels.length + 1)
      stage.compare(
        'the waiting messages to arrive in order',
        labels,
        peer.received.slice(1).map(clientLabel),
        'Keep what the socket does not accept at once, as it was then, and let nothing pass it.',
      )
      await stage.until(
        () => buffered() === 0,
        () => ({
          expected: '`bufferedAmount` to be 0 when everything has left',
          came: `it is ${transport.bufferedAmount}`,
          advice: 'Subtract what has been sent, or ask the socket.',
        }),
      )
    },
  },
]
