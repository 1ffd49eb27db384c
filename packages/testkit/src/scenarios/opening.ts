import { fieldLabels } from '../messages.ts'
import { isPromise, throwAtOnce } from '../promise.ts'
import { setup } from '../recorded-session.ts'
import type { ScenarioDefinition } from '../scenario.ts'
import { type Attempt, type Stage, turn } from '../stage.ts'

/** Opening, and failing to open. */
export const opening: readonly ScenarioDefinition[] = [
  {
    id: 'opens',
    title: 'reports once that it is open; the server receives one setup, first and whole',
    async play(stage) {
      const { session, peer } = await stage.connect()
      // Once another connection is set up, everything that follows from the opening has happened.
      await stage.connect()
      const opened = session.count('opened')
      if (opened > 1) {
        throw stage.failure({
          expected: '`opened()` to be called once',
          came: `it was called ${opened} times`,
          advice: 'Call it when the socket is open; never if the transport sends a setup itself.',
        })
      }
      if (opened === 1 && session.facts[0]?.type !== 'opened') {
        throw stage.failure({
          expected: '`opened()` to be called before anything else is reported',
          came: `${session.facts[0]?.type} was reported before`,
          advice: 'Call it when the socket is open, before messages are read.',
        })
      }
      const received = peer.received.map((message) => Object.keys(message)[0] ?? 'an empty message')
      stage.compare(
        'the server to receive one setup and nothing else',
        ['setup'],
        received,
        'A transport that sends a setup itself does not call `opened()`; any other sends nothing of its own.',
      )
      // The content of a setup that the transport sends itself is unknown.
      if (opened === 0) return
      const [{ setup: arrived }] = peer.received as [{ setup: object }]
      stage.compare(
        'the setup to arrive with all its fields',
        fieldLabels(setup),
        fieldLabels(arrived),
        'Write the whole body that `send` is given: it contains the tools of the session.',
      )
    },
  },
  {
    id: 'send-before-open',
    title: 'loses nothing that is sent before it is open: `send` throws, or the message arrives',
    async play(stage) {
      const place = stage.server.peers.length
      const attempt = stage.open()
      if (!attempt.session.transport) await untilGiven(stage, attempt)
      stage.askBuffered(attempt.session.transport, 'before the connection is open')
      let isTaken = true
      let isPromised = false
      const isOpening = attempt.session.count('opened') + attempt.session.count('closed') === 0
      if (attempt.session.count('opened') === 0) {
        try {
          isPromised = isPromise(attempt.session.setUpEarly())
        } catch {
          isTaken = false
        }
      }
      if (isOpening && attempt.session.count('closed') > 0) {
        throw stage.failure({
          expected: '`send` only to throw before the connection is open',
          came: 'it reported the end',
          advice: 'Report the end when the socket ends: the connection is still opening.',
        })
      }
      if (!isTaken) return stage.untilSetUp(attempt)
      await stage.until(
        () => stage.server.peers[place]?.received.some((message) => 'setup' in message) ?? false,
        () => ({
          expected: '`send` to throw before the connection is open, or the message to arrive',
          came: `it ${isPromised ? 'returned a promise' : 'accepted the setup'}, and nothing arrived`,
          advice: isPromised
            ? throwAtOnce
            : 'Throw in `send` until the socket is open: the session then keeps the message, or reports it.',
        }),
      )
    },
  },
  {
    id: 'refused',
    title: 'reports a connection that could not be opened, and not that it was open',
    async play(stage) {
      await stage.closeServer()
      const attempt = stage.open()
      await stage.until(
        () => isOver(attempt),
        () => ({
          expected: '`closed()` to be called, or `create` to throw, when there is no server',
          came: 'neither happened',
          advice:
            'Listen to both the error and the end of the socket: otherwise a session waits for its deadline.',
        }),
      )
      await turn()
      const { session } = attempt
      if (session.count('opened') === 0 && session.count('closed') <= 1) return
      throw stage.failure({
        expected: '`opened()` not to be called, and `closed()` at most once',
        came: `they were called ${session.count('opened')} and ${session.count('closed')} times`,
        advice: 'Call `opened()` only when the socket opens; of its error and its end, report one.',
      })
    },
  },
  {
    id: 'close-while-opening',
    title: 'can be closed while it is opening: it does not open later, and nothing is left open',
    async play(stage) {
      const attempt = stage.open()
      if (!attempt.session.transport) await untilGiven(stage, attempt)
      const before = lifeSigns(attempt)
      try {
        attempt.session.transport?.close()
      } catch (error) {
        throw stage.failure({
          expected: '`close` not to throw while the connection is opening',
          came: `it threw ${error}`,
          advice: 'A session closes its transport when the setup takes too long: cancel the opening then.',
        })
      }
      await nothingIsLeft(stage, attempt, before, '`close()`')
    },
  },
  {
    id: 'abort-while-opening',
    title:
      'can be aborted by its signal before and while it is opening: it reports the end, and nothing is left open',
    feature: 'signal',
    async play(stage) {
      const reason = new Error('not wanted any more')
      const tooLate = stage.open(AbortSignal.abort(reason))
      const controller = new AbortController()
      const attempt = stage.open(controller.signal)
      const before = lifeSigns(attempt)
      controller.abort(reason)
      for (const [each, when] of [
        [attempt, 'is aborted'],
        [tooLate, 'was aborted before'],
      ] as const) {
        await stage.until(
          () => isOver(each),
          () => ({
            expected: `\`closed()\` to be called, or \`create\` to throw, when the signal ${when}`,
            came: 'neither happened',
            advice:
              "Cancel the opening when the signal is aborted; or say features: { signal: { missing: 'why' } }.",
          }),
        )
      }
      await nothingIsLeft(stage, attempt, before, 'the abort')
    },
  },
]

/** Whether the connection is known to have failed. */
function isOver({ session, outcome }: Attempt): boolean {
  return typeof outcome === 'object' || session.count('closed') > 0
}

/** Waits for a transport that `create` makes asynchronously. Not called otherwise: the connection could open during the wait. */
function untilGiven(stage: Stage, attempt: Attempt): Promise<void> {
  return stage.until(
    () => attempt.session.transport !== undefined,
    () => ({
      expected: '`create` to give `session.connect` a transport',
      came: typeof attempt.outcome === 'object' ? `it threw ${attempt.outcome.error}` : 'it gave none',
      advice: 'Call `session.connect(transport)`, and report events to the connection that it returns.',
    }),
  )
}

/** The number of events that were reported of a connection, without its end. */
const lifeSigns = ({ session }: Attempt): number =>
  session.facts.filter(({ type }) => type !== 'closed').length

/** Opens another connection after the one that was closed, and checks that it is then the only one. */
async function nothingIsLeft(stage: Stage, attempt: Attempt, before: number, what: string): Promise<void> {
  await stage.untilSetUp(stage.open())
  const open = (): number => stage.server.peers.filter(({ isClosed }) => !isClosed).length
  await stage.until(
    () => open() === 1,
    () =>
      open() > 1
        ? {
            expected: `no connection to be left open after ${what}`,
            came: `${open() - 1} was`,
            advice: 'If the socket cannot be closed before it is open, close it as soon as it is.',
          }
        : {
            expected: `the connection that was opened after ${what} to stay open`,
            came: 'it ended',
            advice: 'Find out what ends a connection that nobody has closed.',
          },
  )
  if (lifeSigns(attempt) === before) return
  throw stage.failure({
    expected: `only the end of a connection to be reported after ${what}`,
    came: `${attempt.session.facts.map(({ type }) => type).join(', ')} were reported`,
    advice: 'Remove the listeners from the socket, or let them check whether the connection was closed.',
  })
}
