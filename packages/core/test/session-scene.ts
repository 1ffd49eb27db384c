import type { CallId, InputPolicy, Profile, ToolHandler } from '../src/index.ts'
import {
  type ClientMessages,
  LiveSession,
  type LiveSessionEvent,
  type ServerMessage,
} from '../src/session.ts'
import { settled } from './manual-clock.ts'
import { Application } from './session-application.ts'
import { checkSession } from './session-checks.ts'
import { Facts, fullMs, limitsMs, maxBufferedBytes, pollMs } from './session-facts.ts'
import { Judge } from './session-judge.ts'
import { must, newMadeCall, Server } from './session-server.ts'
import {
  type Circumstances,
  type Deed,
  junk,
  type Moment,
  type Outcome,
  type Step,
  type ToolName,
} from './session-steps.ts'

const tooLongMs = 300_000

/** What the listener throws when a step says so. */
const listenerFailure = new Error('a listener that fails')

interface Running {
  readonly finish: (how: Outcome) => void
  readonly report: (progress: unknown) => void
}

/** A session under test, with its application and the servers that it has been connected to, which take one step after another. */
export class Scene {
  readonly session: LiveSession
  readonly facts: Facts
  readonly events: LiveSessionEvent[] = []
  readonly #application: Application
  readonly #judge: Judge
  readonly #running: Running[] = []
  readonly #whens: { readonly moment: Moment; readonly deed: Deed }[] = []
  #messages = 0

  constructor(profile: Profile, policy: InputPolicy, given: Circumstances) {
    this.facts = new Facts(profile, policy, given)
    this.#judge = new Judge(
      this.facts,
      () => this.session,
      () => this.#when('send'),
    )
    const handled: ToolHandler = (_args, context) => this.#run(context)
    this.session = new LiveSession({
      clock: this.facts.clock,
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
    this.#application = new Application(this.facts, this.session)
    this.session.onEvent((event) => this.#hear(event))
    this.#connect()
    this.#setUp()
  }

  async take(step: Step): Promise<void> {
    this.#take(step)
    await settled()
    this.#check()
  }

  #take(step: Step): void {
    const server = this.facts.server
    switch (step.do) {
      case 'when':
        this.#whens.push(step)
        break
      case 'call':
        if (server.isSetUp && !this.facts.isOver) this.#call(server, step.tools, step.withId)
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
        // Once the limit has passed, the session no longer polls the buffer; it only looks when it sends.
        const isPolled = this.facts.clock.now() - (this.facts.server.fullSinceMs ?? -Infinity) < fullMs
        this.facts.clock.advance(step.byMs)
        // For timers that were set meanwhile, and are due.
        this.facts.clock.advance(0)
        if (isPolled && step.byMs >= pollMs && !this.facts.isFull) this.facts.server.fullSinceMs = undefined
        break
      }
      case 'fails':
        this.facts.fails = step.so
        break
      case 'fails once':
        this.facts.takesBefore = step.after
        break
      case 'is full':
        if (this.facts.isFull && !step.so) this.facts.emptySinceMs = this.facts.clock.now()
        this.facts.isFull = step.so
        break
      case 'set up':
        this.#setUp()
        break
      case 'reconnect':
        this.#connect()
        this.#setUp()
        break
      case 'say':
        this.#application.say()
        break
      case 'closed':
        this.facts.isOver = true
        server.connection?.closed({ code: 1011, reason: 'internal' })
        break
      case 'stale':
        this.#stale(pick(this.facts.servers.slice(0, -1), step.which), step.say)
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
        this.#application.offer(deed.kind)
        break
      case 'by hand': {
        const call = pick(
          this.facts.servers.flatMap(({ calls }) => calls),
          deed.which,
        )
        if (call?.call) this.#application.answer(call.call.id, deed.times)
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
    this.facts.isOver = true
    this.session.close()
  }

  /** Brings the session to rest: the transport works, the server accepts the setup, all deadlines pass, and the user stops speaking. */
  async settle(): Promise<void> {
    this.#whens.length = 0
    this.facts.takesBefore = undefined
    await this.take({ do: 'fails', so: false })
    await this.take({ do: 'set up' })
    await this.take({ do: 'advance', byMs: 60 })
    await this.take({ do: 'advance', byMs: tooLongMs })
    await this.take({ do: 'advance', byMs: fullMs })
    await this.take({ do: 'offer', kind: 'activityEnd' })
    await this.take({ do: 'advance', byMs: fullMs })
    if (this.facts.isOver) return
    must(this.session.gate.snapshot().status === 'open', 'G3: the gate opens in the end')
    for (const call of this.facts.server.calls)
      must(!this.facts.server.isOpen(call), `G7: call ${call.wireId} was never answered`)
    must(this.facts.clock.timers === 0, 'G3: no timer is left')
    must(!this.facts.server.turn, 'G4: a turn that was heard is ended')
  }

  /** Does what was armed for this moment, and returns it, so that the caller can throw if that is it. */
  #when(moment: Moment): Deed | undefined {
    // From inside `send`, the application can only offer; nothing else is called then.
    const isRight = moment === 'send' || this.facts.sending === 0
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
        this.facts.drops++
        break
      case 'gate-shut':
        if (event.hold.name === 'backpressure') this.facts.pressedSinceMs = this.facts.clock.now()
        break
      case 'call-settled':
        this.#settledAs(event)
        break
      case 'response-suppressed':
        this.facts.madeCall(event.call.epoch, event.call.id)?.suppressedFor.push(event.reason)
        break
      case 'call-overdue': {
        const call = this.facts.madeCall(event.call.epoch, event.call.id)
        if (call) call.overdue++
        break
      }
      case 'listener-failed':
        if (event.error !== listenerFailure)
          this.facts.broken.push(`a listener of core's own: ${event.error}`)
        break
      case 'session-closed':
        this.facts.isOver = true
    }
    if (this.#when(event.type)?.do === 'throw') throw listenerFailure
  }

  #settledAs({ call, as }: Extract<LiveSessionEvent, { type: 'call-settled' }>): void {
    const made = this.facts.madeCall(call.epoch, call.id)
    const server = this.facts.servers.find(({ connection }) => connection?.epoch === call.epoch)
    if (!made || !server)
      return void this.facts.broken.push(`G9: call ${call.id} is settled, which nobody made`)
    made.settledAs.push(as)
    if (as === 'expired' && this.facts.clock.now() < made.dueMs)
      this.facts.broken.push('G3: a call expired in its time')
    if (made.wireId === undefined) return
    const isLost = this.facts.isOver || server.isReplaced
    const end = server.endOf(made) ?? (isLost ? 'lost' : 'pending')
    const ends: Record<typeof as, readonly string[]> = {
      answered: ['answered', 'answered by hand'],
      // By hand, if that response came before the error response of the deadline.
      expired: ['told that time is up', 'answered by hand'],
      cancelled: ['cancelled'],
      lost: ['refused', 'lost'],
    }
    if (!ends[as].includes(end))
      this.facts.broken.push(`G2, G7: call ${call.id} is ${end}, and settled as ${as}`)
  }

  /** Matches the calls that the session knows with those that the server made. */
  #notice(): void {
    const { calls } = this.facts.server
    const known = new Set(calls.map(({ call }) => call))
    for (const call of this.session.calls.pending) {
      if (known.has(call)) continue
      const made = calls.find((each) => !each.call && each.wireId === call.wireId && each.name === call.name)
      if (made) made.call = call
      else if (call.epoch === this.facts.servers.length)
        this.facts.broken.push(`G7, G9: nobody made call ${call.id}`)
    }
  }

  #run(context: Parameters<ToolHandler>[1]): Promise<unknown> {
    this.#notice()
    const call = this.facts.madeCall(context.epoch, context.id)
    if (!call) throw new Error('nobody made this call')
    if (call.isRun) this.facts.broken.push('G7: a call runs once')
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

  #connect(): void {
    if (this.session.snapshot().status === 'closed') return
    const server = new Server()
    const previous = this.facts.servers.at(-1)
    if (previous) previous.isReplaced = true
    this.facts.servers.push(server)
    const isFull = () => this.facts.isFull
    server.connection = this.session.connect({
      send: (type, body) => this.#send(server, type, body),
      close: () => {
        server.isClosed = true
      },
      get bufferedAmount() {
        return isFull() ? maxBufferedBytes + 1 : 0
      },
    })
    if (previous && !previous.isClosed) this.facts.broken.push('the previous connection was not closed')
  }

  #setUp(): void {
    const server = this.facts.server
    if (this.facts.given.opens && !server.isSetUp) server.connection?.opened()
    if (this.facts.isOver) return
    server.isSetUp = true
    server.connection?.receive({ setupComplete: {} })
  }

  #call(server: Server, tools: readonly ToolName[], withId: boolean): void {
    const message = this.#messages++
    const nowMs = this.facts.clock.now()
    const calls = tools.map((name) =>
      newMadeCall({
        name,
        // Every connection uses the same ids, so that an id alone does not tell one's calls from another's (G9).
        wireId: withId ? (server.ids++ === 0 ? '' : server.ids) : undefined,
        message,
        dueMs: nowMs + limitsMs[name],
        overdueMs: nowMs + limitsMs[name] / 10,
        blocks: this.facts.blocks(name),
        // Its handler is the session's own.
        isDone: name === 'unknown',
      }),
    )
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

  #send<Type extends keyof ClientMessages>(server: Server, type: Type, body: ClientMessages[Type]): void {
    this.#notice()
    this.#judge.take(server, type, body)
  }

  #check(): void {
    this.#notice()
    checkSession(this.facts, this.session, this.events)
  }

  #changesNothing(law: string, tell: () => void): void {
    const state = () => JSON.stringify([this.session.snapshot(), this.facts.wire.length, this.events.length])
    const before = state()
    tell()
    const after = state()
    must(before === after, `${law}: nothing changes: ${before} became ${after}`)
  }

  #stale(server: Server | undefined, say: number): void {
    const id = this.facts.server.calls[0]?.call?.id ?? 1
    const facts: readonly (() => void)[] = [
      () => server?.connection?.closed({ code: 1008, reason: 'late' }),
      () => server?.connection?.receive({ toolCall: { functionCalls: [{ id: 99, name: 'handled' }] } }),
      () => server?.connection?.receive({ toolCallCancellation: { ids: [id] } }),
      () => server?.connection?.receive({ setupComplete: {} }),
      () => server?.connection?.opened(),
    ]
    this.#changesNothing('G9', () => facts[say]?.())
  }
}

function pick<Value>(values: readonly Value[], which: number): Value | undefined {
  return values[values.length - 1 - (which % Math.max(values.length, 1))]
}
