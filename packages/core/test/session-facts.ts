import {
  type CallId,
  callBlocks,
  type InputKind,
  type InputPolicy,
  type Profile,
  type RealtimeInput,
} from '../src/index.ts'
import { ManualClock } from './manual-clock.ts'
import type { MadeCall, Offer, Server } from './session-server.ts'
import type { Circumstances } from './session-steps.ts'

/** The bound of the session under test, and how long a full transport may hold its gate; meanwhile it is polled. */
export const maxBufferedBytes = 500
export const fullMs = 30_000
export const pollMs = 50

/** How long a call of each tool may take. */
export const limitsMs = {
  handled: 30_000,
  quick: 5000,
  by_hand: 300_000,
  unknown: 30_000,
  free: 30_000,
  strict: 30_000,
}

/** What the application, the transport and the servers know about the session under test. */
export class Facts {
  readonly clock: ManualClock = new ManualClock()
  readonly profile: Profile
  readonly policy: InputPolicy
  readonly given: Circumstances
  /** One for each connection; the last is the current one. */
  readonly servers: Server[] = []
  /** Every input that was offered, in order. */
  readonly offered: Offer[] = []
  /** Every input that a server took. */
  readonly wire: Offer[] = []
  /** How many inputs of each kind were offered, and how many a server took. */
  readonly offers: Map<InputKind, number> = new Map()
  readonly seen: Map<InputKind, number> = new Map()
  /** Laws that were broken. Collected rather than thrown, because the session catches what callbacks and `send` throw. */
  readonly broken: string[] = []
  /** How many inputs were reported as dropped. */
  drops = 0
  /** How many messages the transport refused. */
  refusals = 0
  /** The session was closed, from either side. */
  isOver = false
  /** How many calls of `send` are in progress; more than one if the application offers from inside one. */
  sending = 0
  /** The last signal that the application gave was a start. */
  isSpeaking = false
  /** The transport refused that signal, or a start that repeats it. */
  isSignalRefused = false
  isStartRefused = false
  /** The transport refuses everything. */
  fails = false
  /** The transport refuses one message, after so many. */
  takesBefore: number | undefined
  /** The transport's buffer is full. */
  isFull = false
  emptySinceMs: number
  /** Since when the gate is shut for a full transport. */
  pressedSinceMs = 0

  constructor(profile: Profile, policy: InputPolicy, given: Circumstances) {
    this.profile = profile
    this.policy = policy
    this.given = given
    this.emptySinceMs = this.clock.now()
  }

  /** The offer of an input that was sent; each carries its number in a field of the application's own. */
  offerOf(input: RealtimeInput & { readonly order?: number }): Offer | undefined {
    return this.offered[input.order ?? -1]
  }

  get server(): Server {
    const server = this.servers.at(-1)
    if (!server) throw new Error('no server yet')
    return server
  }

  madeCall(epoch: number, id: CallId): MadeCall | undefined {
    return this.servers[epoch - 1]?.calls.find(({ call }) => call?.id === id)
  }

  blocks(name: string): boolean {
    const declared = { free: 'NON_BLOCKING', strict: 'BLOCKING' } as const
    return callBlocks(this.profile, declared[name as keyof typeof declared])
  }
}
