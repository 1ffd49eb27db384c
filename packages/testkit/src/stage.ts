import type { Transport } from '@livegate/core/session'
import { ConformanceError, type Finding } from './conformance-error.ts'
import { type Feature, peerMethods } from './features.ts'
import { brief, type ClientMessage, labelOf, reuse } from './messages.ts'
import type { Peer, PeerServer } from './peer.ts'
import { realClock } from './real-clock.ts'
import { RecordedSession } from './recorded-session.ts'
import type { Opening } from './test-transport.ts'

/** Lets sockets make progress. */
export const turn = (): Promise<void> => new Promise((resolve) => void realClock.setTimer(0, resolve))

/** A call of `create`, and its outcome. */
export interface Attempt {
  readonly session: RecordedSession
  /** How the call ended. */
  outcome: 'pending' | 'done' | { readonly error: unknown }
}

/** A connection that is set up, with both its ends. */
export interface Line {
  readonly session: RecordedSession
  readonly transport: Transport
  readonly peer: Peer
}

export interface StageOptions {
  readonly id: string
  readonly server: PeerServer
  readonly create: (opening: Opening<PeerServer>) => unknown
  readonly limitMs: number
}

/** What a scenario plays on: a server, the connections to it, and the failures to throw. */
export class Stage {
  readonly server: PeerServer
  readonly #options: StageOptions
  readonly #attempts: Attempt[] = []
  readonly #answered: Set<Peer> = new Set()
  /** The time limit of all that the scenario waits for, so that its own failure comes before the timeout of the test runner. */
  readonly #endMs: number
  #closing: Promise<void> | undefined

  constructor(options: StageOptions) {
    this.#options = options
    this.#endMs = realClock.now() + options.limitMs
    this.server = options.server
  }

  /** Begins to open a connection. */
  open(signal: AbortSignal = new AbortController().signal): Attempt {
    const { create, server } = this.#options
    const attempt: Attempt = { session: new RecordedSession(), outcome: 'pending' }
    this.#attempts.push(attempt)
    const run = async (): Promise<void> => void (await create({ session: attempt.session, server, signal }))
    run().then(
      () => {
        attempt.outcome = 'done'
      },
      (error: unknown) => {
        attempt.outcome = { error }
      },
    )
    return attempt
  }

  /** Opens a connection and waits until it is set up. */
  async connect(): Promise<Line> {
    const place = this.server.peers.length
    const attempt = this.open()
    await this.untilSetUp(attempt)
    const { session } = attempt
    const peer = this.server.peers[place]
    if (session.transport && peer) return { session, transport: session.transport, peer }
    throw this.failure({
      expected: 'the server to have the other end of the connection in its `peers`',
      came: `it has ${this.server.peers.length}`,
      advice: 'Add each connection that comes to the end of `peers`, and leave those there that have ended.',
    })
  }

  /** Answers the setup of a connection that is being opened, and waits until it is set up. */
  async untilSetUp(attempt: Attempt): Promise<void> {
    const { session } = attempt
    const isSetUp = (): boolean => {
      this.#answerSetups()
      const { outcome } = attempt
      if (typeof outcome === 'object') {
        throw this.failure({
          expected: '`create` to open a connection',
          came: `it threw ${outcome.error}`,
          advice: 'See that it connects to the `server` that it is given.',
        })
      }
      if (session.isSetUp) return outcome === 'done'
      // It can no longer be set up.
      if (session.count('closed') > 0) throw this.failure(whyNotSetUp(attempt, this.server))
      return false
    }
    await this.until(isSetUp, () => whyNotSetUp(attempt, this.server))
  }

  /** Waits until `count` entries have come, or the time limit. The comparison that follows reports missing ones. */
  async untilCount(came: () => readonly unknown[], count: number): Promise<void> {
    while (came().length < count && realClock.now() <= this.#endMs) await turn()
  }

  /** Returns the peer as one that has the methods that a feature's test needs. @throws {ConformanceError} if it lacks one. */
  able(peer: Peer, feature: Feature): Required<Peer> {
    for (const method of peerMethods[feature]) {
      if (typeof peer[method] === 'function') continue
      throw this.failure({
        expected: `the peer to have \`${method}\``,
        came: 'it has none',
        advice: `Add it to the peers of \`listen\`; or say features: { ${feature}: { missing: 'why' } }.`,
      })
    }
    return peer as Required<Peer>
  }

  /** Sends a message from the client. @throws {ConformanceError} if the transport refuses it. */
  send(transport: Transport, [type, body]: ClientMessage): void {
    try {
      transport.send(type, body)
    } catch (error) {
      throw this.failure({
        expected: `\`send\` to take a ${type} while the connection is open`,
        came: `it threw ${error}`,
        advice: 'A transport sends every message that the session gives it, whatever its type.',
      })
    }
  }

  /** Sends a copy of a message, and changes it at once, as a caller does who uses the same objects again. */
  sendAndReuse(transport: Transport, [type, body]: ClientMessage): void {
    const given = structuredClone(body)
    this.send(transport, [type, given])
    const [label, before] = [labelOf([type, given]), labelOf([type, body])]
    if (label !== before) {
      throw this.failure({
        expected: '`send` to leave the message as it is',
        came: `${brief(before)} became ${brief(label)}`,
        advice: 'Copy it before you change it: callers may use the object again, and a session its setup.',
      })
    }
    reuse(given)
  }

  /** Reads `bufferedAmount`, as a session's snapshot does at any time. @throws {ConformanceError} if that throws. */
  askBuffered(transport: Transport | undefined, when: string): void {
    try {
      void transport?.bufferedAmount
    } catch (error) {
      throw this.failure({
        expected: `\`bufferedAmount\` to be readable ${when}`,
        came: `it threw ${error}`,
        advice: 'Return 0 while there is no socket: the `snapshot()` of a session reads it at any time.',
      })
    }
  }

  /** Sends a message from the server, unless the connection has ended: the check that follows reports that. */
  serve(peer: Peer, message: object): void {
    if (!peer.isClosed) peer.send(message)
  }

  /** Waits until the condition holds. @throws {ConformanceError} at the time limit. */
  async until(condition: () => boolean, finding: () => Finding): Promise<void> {
    while (!condition()) {
      if (realClock.now() > this.#endMs) throw this.failure(finding())
      await turn()
    }
  }

  failure(finding: Finding): ConformanceError {
    return new ConformanceError(this.#options.id, finding)
  }

  /** @throws {ConformanceError} unless both lists are equal. */
  compare(what: string, expected: readonly string[], came: readonly string[], advice: string): void {
    const index = expected.findIndex((label, place) => came[place] !== label)
    if (index < 0 && came.length === expected.length) return
    const place = index < 0 ? expected.length : index
    throw this.failure({
      expected: `${what}: ${brief(expected[place] ?? 'nothing more')} as number ${place + 1} of ${expected.length}`,
      came: `${brief(came[place] ?? 'nothing')} came`,
      advice,
    })
  }

  /** Closes the server once: not every server can be closed twice. */
  closeServer(): Promise<void> {
    this.#closing ??= Promise.resolve(this.server.close())
    return this.#closing
  }

  /** Closes all transports and the server, whatever state they are in. Waits for the server until the time limit, or a tenth longer. */
  async stop(): Promise<void> {
    const leftMs = Math.max(this.#endMs - realClock.now(), this.#options.limitMs / 10)
    for (const { session } of this.#attempts) ignoring(() => session.transport?.close())
    let cancelTimer = (): void => {}
    const limit = new Promise<void>((resolve) => {
      cancelTimer = realClock.setTimer(leftMs, resolve)
    })
    await Promise.race([this.closeServer(), limit])
    cancelTimer()
  }

  /** Answers each setup once, as a server does. */
  #answerSetups(): void {
    for (const peer of this.server.peers) {
      const isAsked = peer.received.some((message) => 'setup' in message)
      if (!isAsked || peer.isClosed || this.#answered.has(peer)) continue
      this.#answered.add(peer)
      peer.send({ setupComplete: {} })
    }
  }
}

/** Explains why a connection was not set up, by the first step that did not happen. */
function whyNotSetUp({ session, outcome }: Attempt, { peers }: PeerServer): Finding {
  const expected = 'the connection to be set up'
  if (!session.transport) {
    return {
      expected,
      came: 'no transport was given',
      advice: 'Call `session.connect(transport)` in `create`.',
    }
  }
  if (session.count('closed') > 0) {
    const said = session.end
      ? ` (${session.end.code ?? 'no code'}: ${session.end.reason || 'no reason'})`
      : ''
    return session.count('opened') > 0 || peers.length > 0
      ? {
          expected,
          came: `it ended${said}`,
          advice: 'Find out what ends a connection that nobody has closed.',
        }
      : {
          expected,
          came: `it ended before the server knew of it${said}`,
          advice:
            'See that it connects to the address of the `server` that it is given. A WebSocket to the emulator takes the path of the API: `endpointOf({ url: server.url })` of @livegate/core/wire has it.',
        }
  }
  if (session.setupError !== undefined) {
    const came = `\`send\` threw ${session.setupError} when the setup was sent in \`opened()\``
    return { expected, came, advice: 'Call `opened()` when the connection takes messages, not before.' }
  }
  if (!peers.some((peer) => peer.received.some((message) => 'setup' in message))) {
    const came = 'no setup reached the server'
    return { expected, came, advice: 'Call `opened()` when the socket is open: the setup is sent then.' }
  }
  if (!session.isSetUp) {
    const came = 'setupComplete, which the server sent, was not reported'
    return { expected, came, advice: 'Pass each message from the server, parsed, to `receive()`.' }
  }
  return { expected, came: `\`create\` is ${outcome}`, advice: 'Let it resolve once the connection is open.' }
}

/** Runs a function and ignores what it throws. */
function ignoring(run: () => unknown): void {
  try {
    run()
  } catch {
    // Other scenarios test whether `close` throws.
  }
}
