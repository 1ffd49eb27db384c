import {
  type CallId,
  callBlocks,
  type FunctionResponse,
  type InputKind,
  type InputPolicy,
  LivegateError,
  type Profile,
  type RealtimeInput,
  type ToolHandler,
} from '../src/index.ts'
import {
  type ClientMessages,
  LiveSession,
  type LiveSessionEvent,
  type LiveSessionSnapshot,
  type ServerMessage,
} from '../src/session.ts'
import { inputOf, kinds } from './inputs.ts'
import { ManualClock, settled } from './manual-clock.ts'
import { type End, type MadeCall, must, type Offer, Server, type Turn } from './session-server.ts'
import {
  type Circumstances,
  type Deed,
  type Moment,
  type Outcome,
  ruleOf,
  type Step,
  type ToolName,
} from './session-steps.ts'

/** Messages that say nothing a session could act on (G12). */
const junk: readonly object[] = [
  { toolCall: null },
  { toolCall: {} },
  { toolCall: { functionCalls: 'none' } },
  { toolCall: { functionCalls: [null, 5] } },
  { toolCallCancellation: { ids: 5 } },
  { somethingNew: { ids: [1] }, serverContent: { interrupted: true } },
]

/** What a transport that refuses throws. */
const gone = new Error('socket gone')
const maxBufferedBytes = 500
const tooLongMs = 300_000
/** How long a full transport may hold the gate, and how often it is looked at meanwhile. */
const [fullMs, pollMs] = [30_000, 50]
const limitsMs = {
  handled: 30_000,
  quick: 5000,
  by_hand: 300_000,
  unknown: 30_000,
  free: 30_000,
  strict: 30_000,
}

interface Running {
  readonly finish: (how: Outcome) => void
  readonly report: (progress: unknown) => void
}

/** A session together with the servers that it has been connected to, and the application that drives it. */
export class Scene {
  readonly clock: ManualClock = new ManualClock()
  readonly session: LiveSession
  readonly events: LiveSessionEvent[] = []
  readonly wire: Offer[] = []
  readonly #profile: Profile
  readonly #policy: InputPolicy
  readonly #given: Circumstances
  readonly #servers: Server[] = []
  readonly #running: Running[] = []
  readonly #offered: Map<RealtimeInput, Offer> = new Map()
  /** How many inputs of each kind were offered, and how many were seen. */
  readonly #offers: Map<InputKind, number> = new Map()
  readonly #seen: Map<InputKind, number> = new Map()
  /** The number of the frame of audio at which the session looks next. */
  #nextLook = 0
  readonly #whens: { readonly moment: Moment; readonly deed: Deed }[] = []
  readonly #broken: string[] = []
  #messages = 0
  #drops = 0
  #refusals = 0
  #isOver = false
  /** What is sent meanwhile is sent from inside `send`. */
  #sending = 0
  /** The last signal that the application gave was a start. */
  #isSpeaking = false
  /** That signal, or a start that repeats it, was refused. */
  #isSignalRefused = false
  #isStartRefused = false
  #fails = false
  #takesBefore: number | undefined
  #isFull = false
  #emptySinceMs: number
  /** Since when the gate is shut for a full transport. */
  #pressedSinceMs = 0

  constructor(profile: Profile, policy: InputPolicy, given: Circumstances) {
    this.#profile = profile
    this.#policy = policy
    this.#given = given
    this.#emptySinceMs = this.clock.now()
    const handled: ToolHandler = (_args, context) => this.#run(context)
    this.session = new LiveSession({
      clock: this.clock,
      profile,
      policy,
      responses: given.responses,
      preRollMs: given.preRollMs,
      maxBufferedBytes,
      tools: {
        handled,
        free: handled,
        strict: handled,
        quick: { handler: handled, timeoutMs: limitsMs.quick },
      },
      setup: {
        model: 'any',
        tools: [
          {
            functionDeclarations: [
              { name: 'handled' },
              { name: 'quick' },
              { name: 'by_hand' },
              { name: 'free', behavior: 'NON_BLOCKING' },
              { name: 'strict', behavior: 'BLOCKING' },
            ],
          },
        ],
        realtimeInputConfig: { automaticActivityDetection: { disabled: given.manual } },
      },
    })
    this.session.onEvent((event) => this.#hear(event))
    this.#connect()
    this.#setUp()
  }

  get #server(): Server {
    const server = this.#servers.at(-1)
    if (!server) throw new Error('no server yet')
    return server
  }

  async take(step: Step): Promise<void> {
    this.#take(step)
    await settled()
    this.#check()
  }

  #take(step: Step): void {
    const server = this.#server
    switch (step.do) {
      case 'when':
        this.#whens.push(step)
        break
      case 'call':
        if (server.isSetUp && !this.#isOver) this.#call(server, step.tools, step.withId)
        break
      case 'repeat': {
        const call = pick(server.calls, step.which)
        if (call?.wireId !== undefined) this.#tellCalls(server, [{ id: call.wireId, name: call.name }])
        break
      }
      case 'cancel': {
        const call = pick(server.calls, step.which)
        if (!call?.call) break
        if (call.settledAs.length === 0) server.end(call, 'cancelled')
        server.connection?.receive({ toolCallCancellation: { ids: [call.call.id] } })
        break
      }
      case 'finish':
      case 'report': {
        const running = pick(this.#running, step.which)
        if (step.do === 'finish') running?.finish(step.how)
        else running?.report('half-way')
        break
      }
      case 'advance': {
        // Once it is given up, the session looks at the buffer only as it sends.
        const isPolled = this.clock.now() - (this.#server.fullSinceMs ?? -Infinity) < fullMs
        this.clock.advance(step.byMs)
        // For what was set meanwhile, and is due.
        this.clock.advance(0)
        if (isPolled && step.byMs >= pollMs && !this.#isFull) this.#server.fullSinceMs = undefined
        break
      }
      case 'fails':
        this.#fails = step.so
        break
      case 'fails once':
        this.#takesBefore = step.after
        break
      case 'is full':
        if (this.#isFull && !step.so) this.#emptySinceMs = this.clock.now()
        this.#isFull = step.so
        break
      case 'set up':
        this.#setUp()
        break
      case 'reconnect':
        this.#connect()
        this.#setUp()
        break
      case 'say':
        this.#say()
        break
      case 'closed':
        this.#isOver = true
        server.connection?.closed({ code: 1011, reason: 'internal' })
        break
      case 'stale':
        this.#stale(pick(this.#servers.slice(0, -1), step.which), step.say)
        break
      case 'junk':
        this.#changesNothing('G12', () => server.connection?.receive(junk[step.say] as ServerMessage))
        break
      default:
        this.#act(step)
    }
  }

  #act(deed: Deed): void {
    switch (deed.do) {
      case 'offer':
        this.#offer(deed.kind)
        break
      case 'by hand': {
        const call = pick(
          this.#servers.flatMap(({ calls }) => calls),
          deed.which,
        )
        if (call?.call) this.#answer(call.call.id, deed.times)
        break
      }
      case 'connect':
        this.#connect()
        break
      case 'close':
        this.close()
        break
      case 'throw':
        break
    }
  }

  close(): void {
    this.#isOver = true
    this.session.close()
  }

  /** The transport is well, the server sets up, time goes by, and the user stops speaking. */
  async settle(): Promise<void> {
    this.#whens.length = 0
    this.#takesBefore = undefined
    await this.take({ do: 'fails', so: false })
    await this.take({ do: 'set up' })
    await this.take({ do: 'advance', byMs: 60 })
    await this.take({ do: 'advance', byMs: tooLongMs })
    await this.take({ do: 'advance', byMs: fullMs })
    await this.take({ do: 'offer', kind: 'activityEnd' })
    await this.take({ do: 'advance', byMs: fullMs })
    if (this.#isOver) return
    must(this.session.gate.snapshot().status === 'open', 'G3: the gate opens in the end')
    for (const call of this.#server.calls)
      must(!this.#server.isOpen(call), `G7: call ${call.wireId} was never answered`)
    must(this.clock.timers === 0, 'G3: no timer is left')
    must(!this.#server.turn, 'G4: a turn that was heard is ended')
  }

  /** What was armed for this moment is done now: it is told so, for a handler that throws to be one. */
  #when(moment: Moment): Deed | undefined {
    // A transport of the application's own may offer while it sends; all else is told later, not from inside.
    const isRight = moment === 'send' || this.#sending === 0
    const index = isRight ? this.#whens.findIndex((when) => when.moment === moment) : -1
    const [when] = index < 0 ? [] : this.#whens.splice(index, 1)
    if (when) this.#act(when.deed)
    return when?.deed
  }

  #hear(event: LiveSessionEvent): void {
    this.events.push(event)
    this.#notice()
    switch (event.type) {
      case 'input-dropped':
        this.#drops++
        break
      case 'gate-shut':
        if (event.hold.name === 'backpressure') this.#pressedSinceMs = this.clock.now()
        break
      case 'call-settled':
        this.#settledAs(event)
        break
      case 'response-suppressed':
        this.#madeCall(event.call.epoch, event.call.id)?.suppressedFor.push(event.reason)
        break
      case 'call-overdue': {
        const call = this.#madeCall(event.call.epoch, event.call.id)
        if (call) call.overdue++
        break
      }
      case 'session-closed':
        this.#isOver = true
    }
    if (this.#when(event.type)?.do === 'throw') throw new Error('a listener that fails')
  }

  #settledAs({ call, as }: Extract<LiveSessionEvent, { type: 'call-settled' }>): void {
    const made = this.#madeCall(call.epoch, call.id)
    const server = this.#servers.find(({ connection }) => connection?.epoch === call.epoch)
    if (!made || !server) return void this.#broken.push(`G9: call ${call.id} is settled, which nobody made`)
    made.settledAs.push(as)
    if (as === 'expired' && this.clock.now() < made.dueMs) this.#broken.push('G3: a call expired in its time')
    if (made.wireId === undefined) return
    const isLost = this.#isOver || server.isReplaced
    const end = server.endOf(made) ?? (isLost ? 'lost' : 'pending')
    const ends: Record<typeof as, readonly string[]> = {
      answered: ['answered', 'answered by hand'],
      // By hand if it came before what says that the time is up.
      expired: ['told that time is up', 'answered by hand'],
      cancelled: ['cancelled'],
      lost: ['refused', 'lost'],
    }
    if (!ends[as].includes(end)) this.#broken.push(`G2, G7: call ${call.id} is ${end}, and settled as ${as}`)
  }

  #madeCall(epoch: number, id: CallId): MadeCall | undefined {
    return this.#servers[epoch - 1]?.calls.find(({ call }) => call?.id === id)
  }

  /** Finds out how the session knows the calls that the server made. */
  #notice(): void {
    const { calls } = this.#server
    const known = new Set(calls.map(({ call }) => call))
    for (const call of this.session.calls.pending) {
      if (known.has(call)) continue
      const made = calls.find((each) => !each.call && each.wireId === call.wireId && each.name === call.name)
      if (made) made.call = call
      else if (call.epoch === this.#servers.length) this.#broken.push(`G7, G9: nobody made call ${call.id}`)
    }
  }

  #run(context: Parameters<ToolHandler>[1]): Promise<unknown> {
    this.#notice()
    const call = this.#madeCall(context.epoch, context.id)
    if (!call) throw new Error('nobody made this call')
    if (call.isRun) this.#broken.push('G7: a call runs once')
    call.isRun = true
    if (this.#when('run')?.do === 'throw') {
      call.isDone = true
      throw new Error('no network')
    }
    return new Promise((resolve, reject) => {
      this.#running.push({
        report: (context as unknown as { report(progress: unknown): void }).report,
        finish: (how) => {
          call.isDone = true
          if (how === 'throws') reject(new Error('no network'))
          else resolve(how === 'returns' ? { ok: true } : 1n)
        },
      })
    })
  }

  #offer(kind: InputKind): void {
    const input = inputOf(kind)
    if (kind.startsWith('activity')) {
      this.#isSpeaking = kind === 'activityStart'
      this.#isSignalRefused = false
    }
    const isOver = this.#isOver
    const offer: Offer = { order: this.#offered.size, kind }
    this.#offered.set(input, offer)
    this.#offers.set(kind, (this.#offers.get(kind) ?? 0) + 1)
    this.#try(() => {
      const verdict = this.session.sendRealtimeInput(input)
      const isSent = this.wire.includes(offer)
      if (isOver && !(verdict.status === 'dropped' && verdict.reason === 'closed'))
        this.#broken.push(`G5: after the end an input is ${verdict.status}`)
      // What is held may leave before `offer` is back, if a listener sees to it.
      if (verdict.status !== 'held' && (verdict.status === 'sent') !== isSent)
        this.#broken.push(
          `G5: an input is said to be ${verdict.status}, and ${isSent ? 'was' : 'was not'} seen`,
        )
    })
  }

  /** Answers a call by hand: the latest that had the id. */
  #answer(id: CallId, times: number): void {
    const server = this.#servers.findLast(({ calls }) => calls.some(({ call }) => call?.id === id))
    const made = server?.calls.find(({ call }) => call?.id === id)
    if (!server || !made) return
    const isPending =
      made.wireId === undefined
        ? this.session.calls.isPending(id)
        : !this.#isOver && !server.isReplaced && server.isOpen(made)
    const ids = Array.from({ length: times }, () => id)
    const late = isPending ? times - 1 : times
    const functionResponses = ids.map((each) => ({ id: each, response: { by: 'hand' } }))
    const isTaken = this.#try(() => {
      const report = this.session.sendToolResponse({ functionResponses })
      made.late += late
      const expected = JSON.stringify([ids.slice(late), ids.slice(0, late)])
      const seen = JSON.stringify([report.sent, report.suppressed.map((each) => each.id)])
      if (seen !== expected) this.#broken.push(`G7, G9: by hand ${seen} instead of ${expected}`)
    })
    // What is suppressed for another in its message is told so, although that does not come through either.
    if (!isTaken) made.toldInVain += times - 1
  }

  #say(): void {
    const { isSetUp, heard } = this.#server
    const before = (heard.clientContent ?? 0) + this.#refusals
    this.#try(() => this.session.send('clientContent', {}))
    const isTried = (heard.clientContent ?? 0) + this.#refusals > before
    must(isTried === (isSetUp && !this.#isOver), 'G6.4: what is no input goes at once')
  }

  /** Only a transport that refuses throws, or a session that cannot send; collected, because a listener may do this. */
  #try(run: () => unknown): boolean {
    const refusals = this.#refusals
    try {
      run()
      return true
    } catch (error) {
      const isClosed = error instanceof LivegateError && error.code === 'closed'
      const isRight = isClosed
        ? this.session.snapshot().status !== 'open'
        : error === gone && this.#refusals > refusals
      if (!isRight) this.#broken.push(`G3: thrown without a reason: ${String(error)}`)
      return false
    }
  }

  #connect(): void {
    if (this.session.snapshot().status === 'closed') return
    const server = new Server()
    const previous = this.#servers.at(-1)
    if (previous) previous.isReplaced = true
    this.#servers.push(server)
    const isFull = () => this.#isFull
    server.connection = this.session.connect({
      send: (type, body) => this.#receive(server, type, body),
      close: () => {
        server.isClosed = true
      },
      get bufferedAmount() {
        return isFull() ? maxBufferedBytes + 1 : 0
      },
    })
    if (previous && !previous.isClosed) this.#broken.push('the previous connection is closed')
  }

  #setUp(): void {
    const server = this.#server
    if (this.#given.opens && !server.isSetUp) server.connection?.opened()
    if (this.#isOver) return
    server.isSetUp = true
    server.connection?.receive({ setupComplete: {} })
  }

  #call(server: Server, tools: readonly ToolName[], withId: boolean): void {
    const message = this.#messages++
    const nowMs = this.clock.now()
    const calls = tools.map((name): MadeCall => {
      const limitMs = limitsMs[name]
      return {
        name,
        // The ids of every connection are the same: what belongs to which is not for an id to tell (G9).
        wireId: withId ? (server.ids++ === 0 ? '' : server.ids) : undefined,
        message,
        dueMs: nowMs + limitMs,
        overdueMs: nowMs + limitMs / 10,
        blocks: this.#blocks(name),
        call: undefined,
        isRun: false,
        isDone: name === 'unknown',
        late: 0,
        toldInVain: 0,
        overdue: 0,
        settledAs: [],
        suppressedFor: [],
      }
    })
    for (const call of calls) server.make(call)
    this.#tellCalls(
      server,
      calls.map(({ name, wireId }) => ({ name, ...(wireId !== undefined && { id: wireId }) })),
    )
  }

  #tellCalls(server: Server, functionCalls: readonly { id?: CallId; name: string }[]): void {
    server.connection?.receive({ toolCall: { functionCalls } })
    this.#notice()
  }

  #blocks(name: string): boolean {
    const declared = { free: 'NON_BLOCKING', strict: 'BLOCKING' } as const
    return callBlocks(this.#profile, declared[name as keyof typeof declared])
  }

  #changesNothing(law: string, tell: () => void): void {
    const state = () => JSON.stringify([this.session.snapshot(), this.wire.length, this.events.length])
    const before = state()
    tell()
    const after = state()
    must(before === after, `${law}: nothing changes: ${before} became ${after}`)
  }

  #stale(server: Server | undefined, say: number): void {
    const id = this.#server.calls[0]?.call?.id ?? 1
    const facts: readonly (() => void)[] = [
      () => server?.connection?.closed({ code: 1008, reason: 'late' }),
      () => server?.connection?.receive({ toolCall: { functionCalls: [{ id: 99, name: 'handled' }] } }),
      () => server?.connection?.receive({ toolCallCancellation: { ids: [id] } }),
      () => server?.connection?.receive({ setupComplete: {} }),
      () => server?.connection?.opened(),
    ]
    this.#changesNothing('G9', () => facts[say]?.())
  }

  /** What is broken is collected, not thrown: what `send` throws is the session's to catch. */
  #receive<Type extends keyof ClientMessages>(server: Server, type: Type, body: ClientMessages[Type]): void {
    this.#notice()
    const isRefused = this.#fails || this.#takesBefore === 0
    if (this.#takesBefore !== undefined)
      this.#takesBefore = this.#takesBefore ? this.#takesBefore - 1 : undefined
    if (isRefused) this.#refusals++
    if (server.isReplaced) this.#broken.push(`G9: ${type} was sent on a connection that another has replaced`)
    if (this.#isOver) this.#broken.push(`${type} was sent after the end`)
    if (type === 'setup') {
      if (server.setups++ > 0 || body !== this.session.setup) this.#broken.push('the setup, once')
    } else if (!server.isSetUp) this.#broken.push(`${type} was sent before the setup was complete`)
    if (type === 'realtimeInput') this.#takeIn(server, body as RealtimeInput, isRefused)
    if (type === 'toolResponse') this.#heed(server, body as ClientMessages['toolResponse'], isRefused)
    if (isRefused) throw gone
    server.heard[type] = (server.heard[type] ?? 0) + 1
    // A start that repeats an earlier one goes with what is offered behind it.
    const offer = this.#offered.get(body as RealtimeInput)
    if (!offer) return
    const nthAudio = this.#seen.get('audio') ?? 0
    this.#sending++
    // A picture that is offered takes the place of one that waits.
    if (this.#when('send') && server.turn) server.turn.isEmpty = false
    this.#sending--
    if (ruleOf(this.#policy, offer.kind) !== 'pass') this.#look(server, offer.kind, nthAudio)
  }

  #takeIn(server: Server, input: RealtimeInput, isRefused: boolean): void {
    const broken = (law: string): void => void this.#broken.push(law)
    const offer = this.#offered.get(input)
    const kind = offer?.kind ?? 'activityStart'
    const isRestart = !offer && 'activityStart' in input
    if (!offer && !isRestart) broken('G5: what was sent was never offered')
    const passes = ruleOf(this.#policy, kind) === 'pass'
    if (!passes && server.calls.some((call) => call.blocks && server.isOpen(call)))
      broken('G1, G2, G6: an input was sent while a call that blocks was pending')
    if (isRefused) {
      if (kind.startsWith('activity')) this.#isSignalRefused = true
      if (kind === 'activityStart') this.#isStartRefused = true
      if (server.turn) server.turn.isEmpty = false
      return
    }
    if (!passes && !isRestart) this.#meet(server)
    if (this.#given.manual && kind === 'audio' && !server.turn && !this.#isStartRefused)
      broken('G4: audio outside a bracket, where nobody hears it')
    if (kind === 'activityStart') {
      if (server.turn) broken('G4: a start inside a bracket')
      const { audio, video } = this.session.gate.snapshot().counters
      // What waits behind a start that leaves may yet be replaced, or overflow.
      server.turn = { start: offer, offersBefore: this.#offered.size, isEmpty: audio.held + video.held === 0 }
      this.#isStartRefused = false
    } else if (kind === 'activityEnd') {
      if (!server.turn) broken('G4: an end outside a bracket')
      else if (offer && this.#isVain(server.turn, offer))
        broken('G4.2: a turn that was over, with nothing in it, was begun')
      server.turn = undefined
    } else if (kind !== 'text' && server.turn) server.turn.isEmpty = false
    if (!offer) return
    this.wire.push(offer)
    this.#seen.set(kind, (this.#seen.get(kind) ?? 0) + 1)
  }

  /** A turn was begun although its end had come, and nothing of it was left to hear. */
  #isVain({ start, offersBefore, isEmpty }: Turn, end: Offer): boolean {
    if (!isEmpty || end.order >= offersBefore) return false
    // Not one that goes on from an earlier connection, or that the application has begun twice.
    const within = [...this.#offered.values()].slice((start?.order ?? 0) + 1, end.order)
    return start !== undefined && !within.some(({ kind }) => kind === 'activityStart')
  }

  /** An input meets the buffer. */
  #meet(server: Server): void {
    const { fullSinceMs } = server
    const isHeld = fullSinceMs !== undefined && this.clock.now() - fullSinceMs < fullMs
    if (isHeld && this.#isFull && this.#sending === 0)
      this.#broken.push('G1: an input was sent to a full transport')
  }

  /** The session looks at the buffer behind every input but audio, of which it looks at the first behind anything else and one in 16. */
  #look(server: Server, kind: InputKind, nthAudio: number): void {
    if (kind === 'audio' && nthAudio < this.#nextLook) return
    this.#nextLook = kind === 'audio' ? nthAudio + 16 : 0
    server.fullSinceMs = this.#isFull ? (server.fullSinceMs ?? this.clock.now()) : undefined
  }

  #heed(server: Server, { functionResponses }: ClientMessages['toolResponse'], isRefused: boolean): void {
    const broken = (law: string): void => void this.#broken.push(law)
    const made: MadeCall[] = []
    for (const given of functionResponses) {
      const { id, name, response, willContinue } = given
      if (typeof response !== 'object') broken('G7: a response is an object')
      const call = server.called(given)
      if (!call) {
        broken(`G7, G8: no call waits for a response with id ${id} and name ${name}`)
        continue
      }
      if (name !== call.name) broken(`G8: call ${id} has the name ${call.name}, its response ${name}`)
      if (!server.isOpen(call)) broken(`G7: call ${id} was ${server.endOf(call)} and is answered again`)
      if (willContinue && call.blocks) broken('G1.3: progress of a call that blocks')
      if (willContinue) continue
      const end = isRefused ? 'refused' : endBy(given)
      server.end(call, end)
      if (end === 'answered') server.alikeOf(call).handlersHeard++
      if (endBy(given) !== 'answered by hand') made.push(call)
    }
    if (!made.every((call) => this.#isComplete(server, call, made)))
      broken('G6.3: the responses of one message leave together, or each alone')
  }

  /** Whether the responses that leave with one are those that are to: all of its message, unless the time of one of them is up. */
  #isComplete(server: Server, call: MadeCall, made: readonly MadeCall[]): boolean {
    if (this.#given.responses === 'alone' || !call.blocks || call.name === 'by_hand') return made.length === 1
    // Which of several calls without an id a response is for, nobody sees.
    if (call.wireId === undefined) return true
    const isDue = ({ dueMs }: MadeCall) => dueMs <= this.clock.now()
    const left = server.calls.filter(
      (each) =>
        each.message === call.message && each.blocks && each.name !== 'by_hand' && server.isOpen(each),
    )
    return made.some(isDue) ? !left.some(isDue) : left.length === 0
  }

  #check(): void {
    this.#notice()
    must(this.#broken.length === 0, this.#broken.join('; '))
    const snapshot = this.session.snapshot()
    must((snapshot.status === 'closed') === this.#isOver, 'it is over when it is told to be')
    this.#checkAccount(snapshot)
    for (const server of this.#servers) server.checkCalls(this.#isOver || server.isReplaced, this.clock.now())
    if (this.#isOver) this.#checkEnd(snapshot)
    else this.#checkGate(snapshot)
  }

  #checkEnd({ gate, preRoll, pending }: LiveSessionSnapshot): void {
    must(gate.status === 'closed' && gate.holds.length === 0, 'G3: it is over')
    must(gate.backlog.inputs === 0 && (preRoll?.inputs ?? 0) === 0, 'G5: nothing waits')
    must(pending.length === 0 && this.session.calls.pending.length === 0, 'G7: nothing is pending')
    must(this.clock.timers === 0, 'G3: no timer is left')
    const ends = this.events.filter(({ type }) => type === 'session-closed')
    must(ends.length === 1, `it ends once, not ${ends.length} times`)
  }

  #checkGate({ gate }: LiveSessionSnapshot): void {
    const server = this.#server
    const nowMs = this.clock.now()
    const pending = this.session.calls.pending
    for (const call of server.calls) {
      const isPending = pending.some((each) => each === call.call)
      must(
        isPending === (call.settledAs.length === 0),
        `G2: call ${call.wireId} is pending until it is settled`,
      )
      if (!isPending) continue
      must(nowMs < call.dueMs, `G3.2: call ${call.wireId} is pending after its deadline`)
      must(
        call.overdue === Number(nowMs >= call.overdueMs),
        `G3.4: call ${call.wireId} is overdue in its time`,
      )
    }
    must(pending.length <= server.calls.length, 'G9: what is pending was called by this server')
    const held = gate.holds.filter(({ name }) => name === 'tool-call').map(({ id }) => id)
    const blocking = pending.filter(({ name }) => this.#blocks(name)).map(({ id }) => id)
    must(
      JSON.stringify(held) === JSON.stringify(blocking),
      `G1, G2, G10: a hold for each pending call that blocks, and for no other: ${held} for ${blocking}`,
    )
    if (gate.holds.some(({ name }) => name === 'backpressure')) {
      must(nowMs - this.#pressedSinceMs < fullMs + pollMs, 'G3.7: a full transport holds the gate too long')
      must(
        this.#isFull || nowMs - this.#emptySinceMs < pollMs,
        'G3.7: a transport that is not full holds the gate',
      )
    }
    const isInTurn = server.turn !== undefined
    must(
      !server.heard.realtimeInput || gate.bracketOpen === isInTurn,
      'G4: the gate knows the bracket as the server does',
    )
    const isCaughtUp = gate.status === 'open' && !this.#isSignalRefused
    must(
      !isCaughtUp || gate.bracketOpen === this.#isSpeaking,
      'G4: an open gate has told of every start and end',
    )
  }

  #checkAccount({ gate, preRoll }: LiveSessionSnapshot): void {
    let [drops, failed] = [preRoll?.dropped ?? 0, 0]
    for (const kind of kinds) {
      const { offered, sent, held, dropped } = gate.counters[kind]
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
      drops += lost
      failed += dropped.failed ?? 0
      must(
        offered === sent + held + lost,
        `G5: ${kind}: ${offered} offered, ${sent} sent, ${held} held, ${lost} dropped`,
      )
      must(sent === (this.#seen.get(kind) ?? 0), `G5: ${kind}: sent is what was seen`)
      const before = kind === 'audio' && preRoll ? preRoll.inputs + preRoll.dropped : 0
      const all = this.#offers.get(kind) ?? 0
      must(
        all === offered + before,
        `G5: ${kind}: of ${all} the gate had ${offered} and the pre-roll ${before}`,
      )
      must(this.#isOver || !dropped.closed, `G5: ${kind}: nothing is closed yet`)
    }
    must(drops === this.#drops, `G5: ${drops} were dropped, and ${this.#drops} told to be`)
    must(failed <= this.#refusals, `G5: ${failed} failed, and ${this.#refusals} were refused`)
    must(gate.backlog.durationMs <= this.#policy.maxDurationMs, 'the backlog keeps its bound')
    must((preRoll?.durationMs ?? 0) <= this.#given.preRollMs, 'the pre-roll keeps its bound')
    const { failed: _, closed: __, ...others } = gate.counters.text.dropped
    must(Object.keys(others).length === 0, 'G5: no preset drops text')
  }

  checkOrder(): void {
    const passes = ({ kind }: Offer) => ruleOf(this.#policy, kind) === 'pass'
    const streams = [this.wire.filter(passes), this.wire.filter((offer) => !passes(offer))].flatMap(
      (stream) =>
        // Audio of the pre-roll leaves behind the start that was offered after it.
        this.#given.manual
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

/** Who made a response: a handler, whoever answers by hand, or the session when the time is up. */
function endBy({ response }: FunctionResponse): End {
  if (response?.by === 'hand') return 'answered by hand'
  return String(response?.error).includes('gave no result within') ? 'told that time is up' : 'answered'
}

function pick<Value>(values: readonly Value[], which: number): Value | undefined {
  return values[values.length - 1 - (which % Math.max(values.length, 1))]
}
