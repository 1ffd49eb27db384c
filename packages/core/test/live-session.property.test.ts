import fc from 'fast-check'
import { describe, inject, it } from 'vitest'
import {
  type CallId,
  callBlocks,
  dropInput,
  holdInput,
  type InputKind,
  type InputPolicy,
  type Profile,
  passInput,
  profileFor,
  type RealtimeInput,
  type ToolCall,
  type ToolHandler,
} from '../src/index.ts'
import {
  type ClientMessages,
  type Connection,
  LiveSession,
  type LiveSessionEvent,
  type ServerMessage,
} from '../src/session.ts'
import { inputOf, kinds } from './inputs.ts'
import { ManualClock, settled } from './manual-clock.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly effort: number
  }
}

const effort = inject('effort')

/** What differs between sessions beside profile and policy. */
interface Circumstances {
  /** The setup disables automatic activity detection. */
  readonly manual: boolean
  readonly responses: 'together' | 'alone'
}

type Step =
  /** A message with calls: of a tool with a handler, of one without, of one that nobody declared, of two that are declared to block or
   *  not to; with an id or without. */
  | { readonly do: 'call'; readonly tools: readonly ToolName[]; readonly withId: boolean }
  | {
      readonly do: 'repeat' | 'cancel' | 'by hand' | 'finish' | 'report'
      readonly which: number
      readonly how: Outcome
    }
  | { readonly do: 'offer'; readonly kind: InputKind }
  | { readonly do: 'advance'; readonly byMs: number }
  /** The transport refuses what it is given from here on, or takes it again; its buffer is full, or has been sent. */
  | { readonly do: 'fails' | 'is full'; readonly so: boolean }
  /** Another connection takes over; it is set up in a later step. */
  | { readonly do: 'connect' | 'set up' }
  /** An earlier connection still has something to say. */
  | { readonly do: 'stale'; readonly which: number; readonly say: number }
  | { readonly do: 'junk'; readonly say: number }

type ToolName = 'handled' | 'by_hand' | 'unknown' | 'free' | 'strict'
type Outcome = 'returns' | 'throws' | 'returns a BigInt'

const which = fc.nat(9)
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('call'),
      tools: fc.array(
        fc.constantFrom<ToolName>('handled', 'handled', 'by_hand', 'unknown', 'free', 'strict'),
        {
          minLength: 1,
          maxLength: 3,
        },
      ),
      withId: fc.boolean(),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constantFrom('repeat', 'cancel', 'by hand', 'finish', 'finish', 'report'),
      which,
      how: fc.constantFrom<Outcome>('returns', 'throws', 'returns a BigInt'),
    }),
  },
  {
    weight: 14,
    arbitrary: fc.record({ do: fc.constant('offer'), kind: fc.constantFrom('audio', ...kinds) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('advance'),
      byMs: fc.constantFrom(1, 60, 3000, 15_000, 30_000, 300_000),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('fails', 'is full'), so: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('connect') }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('set up') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('stale'), which, say: fc.nat(4) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('junk'), say: fc.nat(5) }) },
) as fc.Arbitrary<Step>

const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  manual: fc.boolean(),
  responses: fc.constantFrom('together', 'alone'),
})

/** Messages that say nothing a session could act on (G12). */
const junk: readonly object[] = [
  { toolCall: null },
  { toolCall: {} },
  { toolCall: { functionCalls: 'none' } },
  { toolCall: { functionCalls: [null, 5] } },
  { toolCallCancellation: { ids: 5 } },
  { somethingNew: { ids: [1] }, serverContent: { interrupted: true } },
]

/** What a transport that fails throws. */
const gone = new Error('socket gone')
const maxBufferedBytes = 500
const tooLong = 300_000

function must(condition: boolean, law: string): void {
  if (!condition) throw new Error(`broken: ${law}`)
}

/** A connection and the server at its other end, which remembers what it called and believes only what it sees. */
class Server {
  readonly calls: ToolCall[] = []
  readonly ended: Map<ToolCall, 'answered' | 'cancelled' | 'refused'> = new Map()
  connection: Connection | undefined
  isSetUp = false
  isReplaced = false
  bracketOpen = false
  heard = 0
  ids = 0

  isOpen(call: ToolCall): boolean {
    return !this.ended.has(call)
  }

  /** Of calls without an id it can tell only how many of a name are over, so it strikes off the oldest. */
  asSeen(call: ToolCall): ToolCall | undefined {
    return call.wireId === undefined ? this.oldestOpen(call.name) : call
  }

  oldestOpen(name: string | undefined): ToolCall | undefined {
    return this.calls.find((call) => this.isOpen(call) && call.wireId === undefined && call.name === name)
  }
}

/** A session together with the servers that it has been connected to. */
class Scene {
  readonly clock: ManualClock = new ManualClock()
  readonly session: LiveSession
  readonly events: LiveSessionEvent[] = []
  readonly wire: { readonly kind: InputKind; readonly order: number }[] = []
  readonly #profile: Profile
  readonly #policy: InputPolicy
  readonly #manual: boolean
  readonly #servers: Server[] = []
  readonly #running: Map<string, { finish(how: Outcome): void; report(progress: unknown): void }> = new Map()
  /** The order of the offers, by input. */
  readonly #offered: Map<RealtimeInput, { readonly order: number; readonly kind: InputKind }> = new Map()
  readonly #broken: string[] = []
  #speaking = false
  #fails = false
  #everFailed = false
  #isFull = false
  /** When an input was sent to a transport whose buffer was full. */
  #fullSinceMs: number | undefined

  constructor(profile: Profile, policy: InputPolicy, { manual, responses }: Circumstances) {
    this.#profile = profile
    this.#policy = policy
    this.#manual = manual
    const handled: ToolHandler = (_args, context) =>
      new Promise((resolve, reject) => {
        this.#running.set(`${context.epoch}/${context.id}`, {
          report: (context as unknown as { report(progress: unknown): void }).report,
          finish: (how) => {
            if (how === 'throws') reject(new Error('no network'))
            else resolve(how === 'returns' ? { ok: true } : 1n)
          },
        })
      })
    this.session = new LiveSession({
      clock: this.clock,
      profile,
      policy,
      responses,
      maxBufferedBytes,
      tools: { handled, free: handled, strict: handled },
      setup: {
        model: 'any',
        tools: [
          {
            functionDeclarations: [
              { name: 'handled' },
              { name: 'by_hand' },
              { name: 'free', behavior: 'NON_BLOCKING' },
              { name: 'strict', behavior: 'BLOCKING' },
            ],
          },
        ],
        realtimeInputConfig: { automaticActivityDetection: { disabled: manual } },
      },
    })
    this.session.onEvent((event) => void this.events.push(event))
    this.#connect()
    this.#setUp()
  }

  get #server(): Server {
    const server = this.#servers.at(-1)
    if (!server) throw new Error('no server yet')
    return server
  }

  async take(step: Step): Promise<void> {
    const server = this.#server
    switch (step.do) {
      case 'call':
        if (server.isSetUp) this.#call(server, step.tools, step.withId)
        break
      case 'repeat': {
        const call = pick(server.calls, step.which)
        if (call?.wireId !== undefined) this.#tellCalls(server, [{ id: call.wireId, name: call.name }])
        break
      }
      case 'cancel': {
        const call = pick(server.calls, step.which)
        if (!call) break
        if (this.session.calls.isPending(call.id)) server.ended.set(server.asSeen(call) ?? call, 'cancelled')
        server.connection?.receive({ toolCallCancellation: { ids: [call.id] } })
        break
      }
      case 'by hand': {
        const call = pick(this.#allCalls, step.which)
        if (call)
          this.#try(() => this.session.sendToolResponse({ functionResponses: { id: call.id, response: {} } }))
        break
      }
      case 'finish':
      case 'report': {
        const call = pick(this.#allCalls, step.which)
        const running = call && this.#running.get(`${call.epoch}/${call.id}`)
        if (step.do === 'finish') running?.finish(step.how)
        else running?.report('half-way')
        break
      }
      case 'offer':
        this.offer(step.kind)
        break
      case 'advance':
        this.clock.advance(step.byMs)
        break
      case 'fails':
        this.#fails = step.so
        this.#everFailed ||= step.so
        break
      case 'is full':
        this.#isFull = step.so
        if (!step.so) this.#fullSinceMs = undefined
        break
      case 'connect':
        this.#connect()
        break
      case 'set up':
        this.#setUp()
        break
      case 'stale':
        this.#stale(pick(this.#servers.slice(0, -1), step.which), step.say)
        break
      case 'junk':
        this.#changesNothing('G12', () => server.connection?.receive(junk[step.say] as ServerMessage))
    }
    await settled()
    this.#check()
  }

  offer(kind: InputKind): void {
    const input = inputOf(kind)
    if (kind.startsWith('activity')) this.#speaking = kind === 'activityStart'
    this.#offered.set(input, { order: this.#offered.size, kind })
    this.#try(() => this.session.sendRealtimeInput(input))
  }

  get isOver(): boolean {
    return this.session.snapshot().status === 'closed'
  }

  /** The transport is well and empty, the server sets up, the user stops speaking, and time goes by. */
  async settle(): Promise<void> {
    await this.take({ do: 'fails', so: false })
    await this.take({ do: 'is full', so: false })
    await this.take({ do: 'set up' })
    await this.take({ do: 'advance', byMs: 60 })
    await this.take({ do: 'advance', byMs: tooLong })
    await this.take({ do: 'offer', kind: 'activityEnd' })
    if (this.isOver) return
    must(this.session.gate.snapshot().status === 'open', 'G3: the gate opens in the end')
    for (const call of this.#server.calls)
      must(!this.#server.isOpen(call), `G7: call ${call.id} was never answered`)
    must(this.clock.timers === 0, 'G3: no timer is left')
    must(this.#everFailed || !this.#server.bracketOpen, 'G4: a turn that was heard is ended')
  }

  #connect(): void {
    if (this.#servers.length > 0 && this.isOver) return
    const server = new Server()
    const previous = this.#servers.at(-1)
    if (previous) previous.isReplaced = true
    const isFull = () => this.#isFull
    server.connection = this.session.connect({
      send: (type, body) => this.#receive(server, type, body),
      close: () => {},
      get bufferedAmount() {
        return isFull() ? maxBufferedBytes + 1 : 0
      },
    })
    this.#fullSinceMs = undefined
    this.#servers.push(server)
  }

  #setUp(): void {
    this.#server.isSetUp = true
    this.#server.connection?.receive({ setupComplete: {} })
  }

  get #allCalls(): ToolCall[] {
    return this.#servers.flatMap(({ calls }) => calls)
  }

  #call(server: Server, tools: readonly ToolName[], withId: boolean): void {
    // The ids of every connection are the same: what belongs to which is not for an id to tell (G9).
    const functionCalls = tools.map((name) => ({
      name,
      ...(withId && { id: server.ids++ === 0 ? '' : server.ids }),
    }))
    this.#tellCalls(server, functionCalls)
  }

  #tellCalls(server: Server, functionCalls: readonly { id?: CallId; name: string }[]): void {
    if (this.isOver) return
    const known = new Set(this.session.calls.pending)
    server.connection?.receive({ toolCall: { functionCalls } })
    server.calls.push(...this.session.calls.pending.filter((call) => !known.has(call)))
    this.#checkHolds()
  }

  #changesNothing(law: string, tell: () => void): void {
    const before = JSON.stringify([this.session.snapshot(), this.wire, this.events.length])
    tell()
    const after = JSON.stringify([this.session.snapshot(), this.wire, this.events.length])
    must(before === after, `${law}: nothing changes: ${before} became ${after}`)
  }

  #stale(server: Server | undefined, say: number): void {
    const id = this.#server.calls[0]?.id ?? 1
    const facts: readonly (() => void)[] = [
      () => server?.connection?.closed({ code: 1008, reason: 'late' }),
      () => server?.connection?.receive({ toolCall: { functionCalls: [{ id: 99, name: 'handled' }] } }),
      () => server?.connection?.receive({ toolCallCancellation: { ids: [id] } }),
      () => server?.connection?.receive({ setupComplete: {} }),
      () => server?.connection?.opened(),
    ]
    this.#changesNothing('G9', () => facts[say]?.())
  }

  #blocks(call: ToolCall): boolean {
    const declared = { free: 'NON_BLOCKING', strict: 'BLOCKING' } as const
    return callBlocks(this.#profile, declared[call.name as keyof typeof declared])
  }

  #blockingOf(server: Server): ToolCall[] {
    return server.calls.filter((call) => this.session.calls.pending.includes(call) && this.#blocks(call))
  }

  #try(run: () => unknown): void {
    try {
      run()
    } catch (error) {
      must(this.#fails && error === gone, `only a transport that fails throws: ${String(error)}`)
    }
  }

  /** Rules that a broken law is collected by, not thrown: what `send` throws is the session's to catch. */
  #receive<Type extends keyof ClientMessages>(server: Server, type: Type, body: ClientMessages[Type]): void {
    const broken = (law: string): void => void this.#broken.push(law)
    if (server.isReplaced) broken(`G9: ${type} was sent on a connection that another has replaced`)
    if (!server.isSetUp) broken(`${type} was sent before the setup was complete`)
    if (type === 'realtimeInput') this.#hear(server, body as RealtimeInput, broken)
    else this.#heed(server, body as ClientMessages['toolResponse'], broken)
    if (this.#fails) throw gone
  }

  #hear(server: Server, input: RealtimeInput, broken: (law: string) => void): void {
    const offer = this.#offered.get(input)
    const kind = offer?.kind ?? 'activityStart'
    const isRestart = !offer && 'activityStart' in input
    if (!offer && !isRestart) broken('G5: what was sent was never offered')
    const passes = this.#ruleOf(kind) === 'pass'
    if (!passes && this.#blockingOf(server).length > 0) {
      broken('G1, G2, G6: an input was sent while a call that blocks was pending')
    }
    if (this.#fails) return
    if (!passes && !isRestart && this.#isFull) {
      const nowMs = this.clock.now()
      const sinceMs = this.#fullSinceMs
      if (sinceMs !== undefined && nowMs - sinceMs < 30_000)
        broken('G1: an input was sent to a full transport')
      // A session looks at the transport after every input but audio, of which it looks at the first of each 64.
      const nth = this.session.gate.snapshot().counters[kind].sent
      if (kind !== 'audio' || nth % 64 === 1) this.#fullSinceMs ??= nowMs
    }
    if (kind === 'activityStart' && server.bracketOpen) broken('G4: a start inside a bracket')
    if (kind === 'activityEnd' && !server.bracketOpen) broken('G4: an end outside a bracket')
    if (this.#manual && !this.#everFailed && kind === 'audio' && !server.bracketOpen && !passes) {
      broken('G4: audio outside a bracket, where nobody hears it')
    }
    if (kind.startsWith('activity')) server.bracketOpen = kind === 'activityStart'
    server.heard++
    if (offer) this.wire.push(offer)
  }

  #heed(server: Server, body: ClientMessages['toolResponse'], broken: (law: string) => void): void {
    for (const { id, name, response, willContinue } of body.functionResponses) {
      if (typeof response !== 'object') broken('G7: a response is an object')
      const call =
        id === undefined ? server.oldestOpen(name) : server.calls.find(({ wireId }) => wireId === id)
      if (!call) {
        broken(`G7, G8: no call waits for a response with id ${id} and name ${name}`)
        continue
      }
      if (name !== call.name) broken(`G8: call ${id} has the name ${call.name}, its response ${name}`)
      if (!server.isOpen(call)) broken(`G7: call ${id} was ${server.ended.get(call)} and is answered again`)
      if (willContinue && this.#blocks(call)) broken('progress of a call that blocks')
      if (!willContinue) server.ended.set(call, this.#fails ? 'refused' : 'answered')
    }
  }

  /** The rule of a kind; signals go with the audio that they speak of. */
  #ruleOf(kind: InputKind): string {
    return kind === 'video' || kind === 'text' ? this.#policy[kind] : this.#policy.audio
  }

  #checkHolds(): void {
    const { holds } = this.session.gate.snapshot()
    const held = holds.filter(({ name }) => name === 'tool-call').map(({ id }) => id)
    const blocking = this.#blockingOf(this.#server).map(({ id }) => id)
    must(
      JSON.stringify(held) === JSON.stringify(blocking),
      `G1, G2, G10: a hold for each pending call that blocks, and for no other: ${held} for ${blocking}`,
    )
  }

  #check(): void {
    must(this.#broken.length === 0, this.#broken.join('; '))
    if (this.isOver) return
    this.#checkHolds()
    this.#checkAccount()
    const server = this.#server
    const pending = this.session.calls.pending
    for (const call of pending)
      must(server.calls.includes(call), 'G9: what is pending was called by this server')
    const over = server.calls.filter((call) => call.wireId !== undefined && !server.isOpen(call))
    for (const call of over) must(!pending.includes(call), `G2: call ${call.id} is over and still pending`)
    const { status, bracketOpen } = this.session.gate.snapshot()
    must(
      this.#everFailed || server.heard === 0 || bracketOpen === server.bracketOpen,
      'G4: the gate knows the bracket as the server does',
    )
    const isCaughtUp = status === 'open' && !this.#everFailed
    must(!isCaughtUp || bracketOpen === this.#speaking, 'G4: an open gate has told of every start and end')
  }

  #checkAccount(): void {
    const { gate, preRoll } = this.session.snapshot()
    for (const kind of kinds) {
      const { offered, sent, held, dropped } = gate.counters[kind]
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
      must(
        offered === sent + held + lost,
        `G5: ${kind}: ${offered} offered, ${sent} sent, ${held} held, ${lost} dropped`,
      )
      must(
        sent === this.wire.filter((seen) => seen.kind === kind).length,
        `G5: ${kind}: sent is what was seen`,
      )
      const before = kind === 'audio' && preRoll ? preRoll.inputs + preRoll.dropped : 0
      const all = [...this.#offered.values()].filter((offer) => offer.kind === kind).length
      must(
        all === offered + before,
        `G5: ${kind}: of ${all} the gate had ${offered} and the pre-roll ${before}`,
      )
    }
    must(gate.backlog.durationMs <= this.#policy.maxDurationMs, 'the backlog keeps its bound')
    must((preRoll?.durationMs ?? 0) <= 300, 'the pre-roll keeps its bound')
    must(gate.counters.text.dropped.policy === undefined, 'G5: no preset drops text')
  }

  checkOrder(): void {
    const streams = [
      this.wire.filter(({ kind }) => this.#ruleOf(kind) === 'pass'),
      this.wire.filter(({ kind }) => this.#ruleOf(kind) !== 'pass'),
    ].flatMap((stream) =>
      // Audio of the pre-roll leaves behind the start that was offered after it.
      this.#manual
        ? [stream.filter(({ kind }) => kind === 'audio'), stream.filter(({ kind }) => kind !== 'audio')]
        : [stream],
    )
    for (const stream of streams) {
      must(
        stream.every(({ order }, index) => index === 0 || order > (stream[index - 1]?.order ?? 0)),
        `G6: inputs leave in the order of their offers: ${stream.map(({ order }) => order)}`,
      )
    }
  }
}

function pick<Value>(values: readonly Value[], which: number): Value | undefined {
  return values[values.length - 1 - (which % Math.max(values.length, 1))]
}

const profiles = [
  profileFor('gemini-2.5-flash-native-audio'),
  profileFor('gemini-3.1-flash-live-preview'),
  profileFor('gemini-3.8-live'),
  profileFor('any', 'vertex'),
  profileFor('any'),
]

const policies: readonly (readonly [string, InputPolicy])[] = [
  ['holdInput', holdInput()],
  ['holdInput, of 100 ms', holdInput({ maxDurationMs: 100 })],
  ['dropInput', dropInput()],
  ['passInput', passInput()],
]

const combinations = profiles.flatMap((profile) =>
  policies.map(([name, policy]) => [profile.name, name, profile, policy] as const),
)

describe.each(combinations)(
  'a session of %s with %s, under random interleavings',
  (_, _name, profile, policy) => {
    it('G1, G2, G3, G4, G5, G6, G7, G8, G9, G10, G12: keeps every law at every step', async () => {
      await fc.assert(
        fc.asyncProperty(circumstances, fc.array(step, { maxLength: 40 }), async (given, steps) => {
          const scene = new Scene(profile, policy, given)
          for (const each of steps) await scene.take(each)
          await scene.settle()
          scene.checkOrder()
        }),
        { numRuns: 550 * effort },
      )
    })

    it('G11.1: gives the same effects for the same facts', async () => {
      await fc.assert(
        fc.asyncProperty(circumstances, fc.array(step, { maxLength: 30 }), async (given, steps) => {
          const [once, again] = [new Scene(profile, policy, given), new Scene(profile, policy, given)]
          for (const each of steps) {
            await once.take(each)
            await again.take(each)
          }
          const seen = ({ session, wire, events }: Scene) =>
            JSON.stringify([session.snapshot(), wire, events])
          must(seen(once) === seen(again), 'G11.1: the same facts give the same effects')
        }),
        { numRuns: 30 * effort },
      )
    })

    it('G3, G5, G7: leaves nothing behind when it is closed at any moment', async () => {
      await fc.assert(
        fc.asyncProperty(circumstances, fc.array(step, { maxLength: 20 }), async (given, steps) => {
          const scene = new Scene(profile, policy, given)
          for (const each of steps) await scene.take(each)
          scene.session.close()
          await settled()
          const { status, gate, preRoll, pending } = scene.session.snapshot()
          must(status === 'closed' && gate.status === 'closed' && gate.holds.length === 0, 'G3: it is over')
          must(gate.backlog.inputs === 0 && (preRoll?.inputs ?? 0) === 0, 'G5: nothing waits')
          must(pending.length === 0 && scene.session.calls.pending.length === 0, 'G7: nothing is pending')
          must(scene.clock.timers === 0, 'G3: no timer is left')
        }),
        { numRuns: 60 * effort },
      )
    })
  },
)
