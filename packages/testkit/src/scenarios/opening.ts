import { fieldLabels } from '../messages.ts'
import { setup } from '../recorded-session.ts'
import type { ScenarioDefinition } from '../scenario.ts'
import { type Attempt, type Stage, turn } from '../stage.ts'

/** How a connection comes to be, and how it does not. */
export const opening: readonly ScenarioDefinition[] = [
  {
    id: 'opens',
    title: 'tells once that it is open, and the setup is what the server hears first, once and whole',
    async play(stage) {
      const { session, peer } = await stage.connect()
      // Whatever follows the opening has had its time when another connection is set up.
      await stage.connect()
      const opened = session.count('opened')
      if (opened > 1) {
        throw stage.failure({
          expected: '`opened()` to be called once',
          came: `it was called ${opened} times`,
          advice: 'Call it when the socket is open; not at all where the transport sends a setup itself.',
        })
      }
      if (opened === 1 && session.facts[0]?.type !== 'opened') {
        throw stage.failure({
          expected: '`opened()` to be called before anything else is told',
          came: `${session.facts[0]?.type} was told before`,
          advice: 'Call it when the socket is open, before messages are read.',
        })
      }
      const received = peer.received.map((message) => Object.keys(message)[0] ?? 'an empty message')
      stage.compare(
        'the server to receive one setup and nothing else',
        ['setup'],
        received,
        'A transport that sends a setup itself leaves `opened()` out; one that does not sends nothing of its own.',
      )
      // What a setup says that a transport sends itself is not known.
      if (opened === 0) return
      const [{ setup: arrived }] = peer.received as [{ setup: object }]
      stage.compare(
        'the setup to arrive with all its fields',
        fieldLabels(setup),
        fieldLabels(arrived),
        'Put all of the body that `send` is given on the wire: the tools of a session are in it.',
      )
    },
  },
  {
    id: 'send-before-open',
    title: 'loses nothing that is sent before it is open: it throws, or it arrives',
    async play(stage) {
      const place = stage.server.peers.length
      const attempt = stage.open()
      if (!attempt.session.transport) await untilGiven(stage, attempt)
      let isTaken = true
      if (attempt.session.count('opened') === 0) {
        try {
          attempt.session.setUpEarly()
        } catch {
          isTaken = false
        }
      }
      if (!isTaken) return stage.untilSetUp(attempt)
      await stage.until(
        () => stage.server.peers[place]?.received.some((message) => 'setup' in message) ?? false,
        () => ({
          expected: '`send` to throw before the connection is open, or what it takes to arrive',
          came: 'it took the setup without a word, and nothing arrived',
          advice:
            'Throw in `send` until the socket is open: a session keeps what it could not send, or says so.',
        }),
      )
    },
  },
  {
    id: 'refused',
    title: 'tells of a connection that could not be opened, and does not say that it was open',
    async play(stage) {
      await stage.closeServer()
      const attempt = stage.open()
      await stage.until(
        () => isOver(attempt),
        () => ({
          expected: '`closed()` to be called, or `create` to throw, when there is no server',
          came: 'neither happened',
          advice:
            'Listen to the error of the socket as well as to its end: without it a session waits for its deadline.',
        }),
      )
      await turn()
      const { session } = attempt
      if (session.count('opened') === 0 && session.count('closed') <= 1) return
      throw stage.failure({
        expected: '`opened()` not to be called, and `closed()` at most once',
        came: `they were called ${session.count('opened')} and ${session.count('closed')} times`,
        advice:
          'Call `opened()` in the event of the open socket alone; of error and end, which both come, tell one.',
      })
    },
  },
  {
    id: 'close-while-opening',
    title: 'can be closed while it is opening: it opens no more, and nothing is left open',
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
          advice: 'A session closes its transport when the setup takes too long: give up the opening then.',
        })
      }
      await nothingIsLeft(stage, attempt, before, '`close()`')
    },
  },
  {
    id: 'abort-while-opening',
    title: 'can be aborted by its signal while it is opening: it says so, and nothing is left open',
    feature: 'signal',
    async play(stage) {
      const controller = new AbortController()
      const attempt = stage.open(controller.signal)
      const before = lifeSigns(attempt)
      controller.abort(new Error('not wanted any more'))
      await stage.until(
        () => isOver(attempt),
        () => ({
          expected: '`closed()` to be called, or `create` to throw, when the signal is aborted',
          came: 'neither happened',
          advice:
            "Give up the opening when the signal is aborted; or say features: { signal: { missing: 'why' } }.",
        }),
      )
      await nothingIsLeft(stage, attempt, before, 'the abort')
    },
  },
]

/** Whether the connection is known to have failed. */
function isOver({ session, outcome }: Attempt): boolean {
  return typeof outcome === 'object' || session.count('closed') > 0
}

/** For a transport that `create` gives later than at once; where it is there, nothing is awaited, because it may open then. */
function untilGiven(stage: Stage, attempt: Attempt): Promise<void> {
  return stage.until(
    () => attempt.session.transport !== undefined,
    () => ({
      expected: '`create` to give `session.connect` a transport',
      came: typeof attempt.outcome === 'object' ? `it threw ${attempt.outcome.error}` : 'it gave none',
      advice: 'Call `session.connect(transport)`, and tell the connection that it returns what happens.',
    }),
  )
}

/** How much was told of a connection but its end. */
const lifeSigns = ({ session }: Attempt): number =>
  session.facts.filter(({ type }) => type !== 'closed').length

/** Another connection is made after the one that was given up; at its end it is the only one. */
async function nothingIsLeft(stage: Stage, attempt: Attempt, before: number, what: string): Promise<void> {
  await stage.untilSetUp(stage.open())
  const open = (): number => stage.server.peers.filter(({ isClosed }) => !isClosed).length
  await stage.until(
    () => open() === 1,
    () => ({
      expected: `no connection to be left open after ${what}`,
      came: `${open() - 1} was`,
      advice: 'Where the socket cannot be closed before it is open, close it as soon as it is.',
    }),
  )
  if (lifeSigns(attempt) === before) return
  throw stage.failure({
    expected: `nothing but its end to be told of a connection after ${what}`,
    came: `${attempt.session.facts.map(({ type }) => type).join(', ')} were told`,
    advice: 'Take the listeners off the socket, or let them look whether the connection is given up.',
  })
}
