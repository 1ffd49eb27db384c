import { isLivegateError } from '@livegate/core'
import { classifyClose } from '@livegate/core/close'
import type { Close, Transport } from '@livegate/core/session'
import { call, clientLabel, labelOf, longText, serverLabel, text } from '../messages.ts'
import type { Peer, PeerOfReasons } from '../peer.ts'
import { isPromise, throwAtOnce } from '../promise.ts'
import type { ScenarioDefinition } from '../scenario.ts'
import type { Line, Stage } from '../stage.ts'

/** The ways in which a server ends a connection. */
const ends = [
  ['the end', { code: 1011, reason: 'Internal error occurred.' }],
  ['the cut', undefined],
] as const

/** Closing, from either end. */
export const closing: readonly ScenarioDefinition[] = [
  {
    id: 'close',
    title: 'sends what it was given before close, and ends the connection, without the reason',
    async play(stage) {
      const { transport, peer } = await stage.connect()
      // More than the system's buffers hold, so that some of it waits in the transport.
      const body = longText(1_000_000)
      const messages = Array.from({ length: 8 }, (_, index) => text(`${index} ${body}`))
      for (const message of messages) stage.send(transport, message)
      closeWithReason(stage, transport)
      await untilGone(stage, peer)
      reasonStayed(stage, peer)
      stage.compare(
        'the server to receive what was sent before close',
        messages.map(labelOf),
        peer.received.slice(1).map(clientLabel),
        'End the socket in order (`end`, `close`) in place of cutting it (`destroy`, `terminate`).',
      )
    },
  },
  {
    id: 'close-twice',
    title:
      'can be closed again, at once, later and after the server has ended the connection, and reports at most one end',
    async play(stage) {
      const { transport, session, peer } = await stage.connect()
      close(stage, transport, 'again')
      close(stage, transport, 'again')
      await untilGone(stage, peer)
      // Once another connection is set up, everything that follows from the end has happened.
      await stage.connect()
      close(stage, transport, 'again')
      atMostOneEnd(stage, session.reported)
      for (const [name, frame] of ends) {
        const line = await stage.connect()
        line.peer.close(frame)
        await untilReported(stage, line)
        close(stage, line.transport, `after ${name}`)
        await stage.connect()
        atMostOneEnd(stage, line.session.reported)
      }
    },
  },
  {
    id: 'send-after-close',
    title: 'throws `closed` when it is sent something after close',
    async play(stage) {
      const line = await stage.connect()
      line.transport.close()
      sendingThrows(stage, line, '`close`')
      await untilGone(stage, line.peer)
      sendingThrows(stage, line, '`close`')
      const advice = 'Write nothing after `close`.'
      stage.compare('nothing to arrive after close', [], line.peer.received.slice(1).map(clientLabel), advice)
    },
  },
  {
    id: 'end',
    title: 'reports once that the server has ended the connection, after all messages that came before',
    async play(stage) {
      const { session, peer } = await stage.connect()
      // The last one may take longer to read.
      const messages = [call('one'), call('two'), call('three', longText(100_000))]
      for (const message of messages) stage.serve(peer, message)
      peer.close({ code: 1000, reason: '' })
      await untilReported(stage, { session })
      await stage.connect()
      atMostOneEnd(stage, session.reported)
      stage.compare(
        'the messages from the server and then its end to be reported',
        [...messages.flatMap(serverLabel), 'the end'],
        session.reported,
        'Report the end only after the messages that are still being read.',
      )
    },
  },
  {
    id: 'code-and-reason',
    title: 'reports the code and the reason with which the server ended the connection',
    feature: 'closeFrame',
    async play(stage) {
      const { session, peer } = await stage.connect()
      const frame = { code: 1008, reason: 'Operation is not implemented, or supported, or enabled.' }
      peer.close(frame)
      await untilReported(stage, { session })
      const { code, reason } = session.end ?? {}
      if (code === frame.code && reason === frame.reason) return
      throw stage.failure({
        expected: `\`closed()\` to be called with ${JSON.stringify(frame)}`,
        came: `it was called with ${JSON.stringify({ code, reason })}`,
        advice:
          "Pass on what the close frame said, the reason as a string; or say features: { closeFrame: { missing: 'why' } }.",
      })
    },
  },
  {
    id: 'cut',
    title:
      'reports once that the connection was cut without a close frame, not as an end that was wanted, and opens no other by itself',
    async play(stage) {
      const { session, peer } = await stage.connect()
      peer.close()
      await untilReported(stage, { session })
      await stage.connect()
      atMostOneEnd(stage, session.reported)
      await noneByItself(stage)
      isNoWantedEnd(stage, session.end ?? {})
    },
  },
  {
    id: 'send-after-end',
    title: 'throws `closed` when it is sent something after the server has ended the connection or cut it',
    async play(stage) {
      for (const [name, frame] of ends) {
        const line = await stage.connect()
        line.peer.close(frame)
        await untilReported(stage, line)
        stage.askBuffered(line.transport, `after ${name}`)
        sendingThrows(stage, line, name)
      }
    },
  },
]

function close(stage: Stage, transport: Transport, when: string): void {
  try {
    transport.close()
  } catch (error) {
    throw stage.failure({
      expected: `\`close\` to do nothing when it is called ${when}`,
      came: `it threw ${error}`,
      advice: 'Return from `close` when the connection is closed or closing.',
    })
  }
}

/** More characters than a close frame of a WebSocket can hold. */
const reason = 'x'.repeat(200)
const keepReason = 'The reason is for the application. Write nothing of it on the wire.'

function closeWithReason(stage: Stage, transport: Transport): void {
  try {
    transport.close(reason)
  } catch (error) {
    throw stage.failure({
      expected: `\`close\` to take a reason of ${reason.length} characters`,
      came: `it threw ${error}`,
      advice: keepReason,
    })
  }
}

/** Not every peer can tell. */
function reasonStayed(stage: Stage, { closeReason = '' }: Peer & Partial<PeerOfReasons>): void {
  if (!closeReason.includes('xxx')) return
  throw stage.failure({
    expected: 'the reason of `close` not to reach the server',
    came: `${closeReason.length} characters came`,
    advice: keepReason,
  })
}

/** Tries each type of message, because a transport may send each in its own way. */
function sendingThrows(stage: Stage, { transport }: Line, after: string): void {
  const functionResponses = [{ id: 'late', name: 'take_note', response: {} }]
  const sends = {
    realtimeInput: () => transport.send('realtimeInput', { text: 'too late' }),
    clientContent: () => transport.send('clientContent', { turns: [], turnComplete: false }),
    toolResponse: () => transport.send('toolResponse', { functionResponses }),
    contextUpdate: () => transport.send('contextUpdate', { systemInstruction: {} }),
  }
  for (const [type, send] of Object.entries(sends)) {
    let isPromised: boolean
    try {
      isPromised = isPromise(send())
    } catch (error) {
      if (isLivegateError(error) && error.code === 'closed') continue
      throw stage.failure({
        expected: `\`send\` to throw a LivegateError with the code \`closed\` after ${after}`,
        came: `it threw ${error}`,
        advice:
          'Throw one: `sendRealtimeInput` then returns `dropped`, and throws every other error on to its caller.',
      })
    }
    throw stage.failure({
      expected: `\`send\` to throw after ${after}`,
      came: isPromised ? 'it returned a promise' : `it took a ${type} without a word`,
      advice: isPromised
        ? throwAtOnce
        : 'Look whether the connection is open before writing: sockets take what nobody will get.',
    })
  }
}

function atMostOneEnd(stage: Stage, reported: readonly string[]): void {
  const ends = reported.filter((label) => label === 'the end').length
  if (ends <= 1) return
  throw stage.failure({
    expected: '`closed()` to be called once',
    came: `it was called ${ends} times`,
    advice: 'Of an error and the end that follows it, report only the end.',
  })
}

/** Since the cut, one connection was opened by `create`. */
function noneByItself(stage: Stage): Promise<void> {
  const open = (): number => stage.server.peers.filter(({ isClosed }) => !isClosed).length
  return stage.until(
    () => open() <= 1,
    () => ({
      expected: 'no connection to be opened after the cut, but by `create`',
      came: `${open() - 1} was`,
      advice:
        'Switch off that the client connects again by itself: what it opens belongs to no session, and keeps the process alive.',
    }),
  )
}

/** An application connects again only if the report says that something broke. */
function isNoWantedEnd(stage: Stage, close: Close): void {
  if (classifyClose(close).cause !== 'ended') return
  throw stage.failure({
    expected: '`closed()` to be called with the code 1006, or with a reason',
    came: `it was called with ${JSON.stringify(close)}, which says that nothing is wrong`,
    advice: 'Say that the connection broke: `classifyClose` goes by it, and so does whoever connects again.',
  })
}

const untilReported = (stage: Stage, { session }: Pick<Line, 'session'>): Promise<void> =>
  stage.until(
    () => session.count('closed') > 0,
    () => ({
      expected: '`closed()` to be called when the server has ended the connection',
      came: 'it was not',
      advice: 'Listen to the end of the socket, whether or not a close frame came.',
    }),
  )

const untilGone = (stage: Stage, peer: Line['peer']): Promise<void> =>
  stage.until(
    () => peer.isClosed,
    () => ({
      expected: 'the server to see the end of the connection after `close`',
      came: 'it is still open there',
      advice: 'End the socket in `close`.',
    }),
  )
