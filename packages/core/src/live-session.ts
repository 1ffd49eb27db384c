import { type Backpressure, newBackpressure } from './backpressure.ts'
import { CallRunner, type ToolResponseReport } from './call-runner.ts'
import { checkInput } from './check-input.ts'
import { checkBound, checkWord, refuseOthers } from './check-option.ts'
import { type Clock, wakeAfter } from './clock.ts'
import { type AllDeadlines, readDeadlines } from './deadlines.ts'
import { type EventQueue, newEventQueue } from './event-queue.ts'
import type { FunctionResponse } from './function-call.ts'
import { InputGate, type InputGateOptions, type Verdict } from './input-gate.ts'
import { checkPolicy, holdInput, type InputPolicy } from './input-policy.ts'
import type { EventOf, LiveSessionEvent, LiveSessionSnapshot } from './live-session-event.ts'
import type { LiveSessionOptions } from './live-session-options.ts'
import { type LivegateError, mustBe } from './livegate-error.ts'
import { newOutboundTail, type OutboundTail } from './outbound-tail.ts'
import { newPreRoll, type PreRoll } from './pre-roll.ts'
import { checkProfile, type Profile, profileFor } from './profile.ts'
import type { InputKind, RealtimeInput } from './realtime-input.ts'
import { type DeclaredTools, declaredBy, declareTools, type Setup } from './setup.ts'
import { checkTools } from './tool.ts'
import type { ToolCallTracker } from './tool-call-tracker.ts'
import { messageOf } from './tool-result.ts'
import type { ClientMessages, Close, Connection, ServerMessage, Transport } from './transport.ts'

/** The name of the hold that shuts the gate until the connection is set up. */
const setupHold = 'setup'

/** The rules until then, so that no input passes the shut gate, and none is dropped by a rule. */
const holdAll = { audio: 'hold', video: 'hold', text: 'hold' } as const

/** Inputs that left at most so many milliseconds before a call arrived may have crossed it on the wire. */
const raceMs = 250

/**
 * An {@link InputGate} and a {@link ToolCallTracker} over any {@link Transport}: the gate is shut from the arrival of a blocking call until
 * the last such call is settled, handlers run meanwhile, and every call is answered once.
 *
 * The gate, the tracker and tool-window.ts decide; the session carries out what they decide.
 */
export class LiveSession {
  /** What lets input through or keeps it; `gate.hold(name)` shuts it for a reason of your own. */
  declare readonly gate: InputGate
  /** The calls that are pending, and what became of the others. */
  declare readonly calls: ToolCallTracker
  /** The setup as it goes on the wire, with declarations derived for the tools that have `parameters`. */
  declare readonly setup: Setup
  readonly #clock: Clock
  readonly #runner: CallRunner
  readonly #profile: Profile
  /** What the connection was told: by the setup, and since then by context updates. */
  readonly #declared: DeclaredTools = declaredBy()
  readonly #deadlines: AllDeadlines
  /** The gate's policy, which changes in place: `holdAll` until the connection is set up, then the application's. */
  readonly #policy: { -readonly [rule in keyof InputPolicy]: InputPolicy[rule] }
  readonly #preRoll: PreRoll | undefined
  readonly #backpressure: Backpressure
  readonly #tail: OutboundTail
  readonly #events: EventQueue = newEventQueue()
  /** Whether the gate is open. To ask the gate for a snapshot would cost more than sending. */
  #isOpen = false
  #status: LiveSessionSnapshot['status'] = 'connecting'
  #epoch = 0
  #transport: Transport | undefined
  /** The open turn began on an earlier connection: an `activityStart` has to precede the next input (G4). */
  #owesStart = false
  #sentBeforeWindow = 0
  /** Resolves when the connection is set up; responses wait for it. */
  #ready: Promise<void> | undefined
  #setReady: (() => void) | undefined
  #cancelSetupTimer: (() => void) | undefined

  /**
   * @throws {LivegateError} `undeclared-tool`, for a handler of a tool that the setup does not declare; `invalid-options`,
   * naming the field.
   */
  constructor({
    clock,
    setup,
    policy = holdInput(),
    tools = {},
    profile = profileFor(setup.model),
    deadlines,
    responses = 'together',
    preRollMs = 300,
    maxBufferedBytes = 131_072,
    ...others
  }: LiveSessionOptions) {
    refuseOthers('', others)
    checkPolicy(policy)
    checkProfile(profile)
    checkWord('responses', responses, ['together', 'alone'])
    checkBound('maxBufferedBytes', maxBufferedBytes)
    checkBound('preRollMs', preRollMs)
    this.#deadlines = readDeadlines(deadlines)
    const checkedTools = checkTools(tools)
    const { emit } = this.#events
    this.setup = declareTools(setup, checkedTools)
    this.#clock = clock
    this.#tail = newOutboundTail(clock, () => this.gate.snapshot().counters.audio.sent)
    this.#profile = profile
    // A copy, because it was checked: what becomes of the caller's object was not.
    const ownPolicy = { ...policy }
    this.#policy = { ...ownPolicy, ...holdAll }
    this.gate = new InputGate({
      send: this.#sendInput,
      policy: this.#policy,
      onEvent: (event) => {
        if (event.type === 'gate-shut') this.#isOpen = false
        if (event.type === 'gate-opened') {
          this.#isOpen = true
          // Not before the backlog has left: under the application's policy, new input could pass it (G6).
          Object.assign(this.#policy, ownPolicy)
          this.#tail.endAudio()
        }
        emit(event)
      },
    })
    if (setup.realtimeInputConfig?.automaticActivityDetection?.disabled) {
      this.#preRoll = newPreRoll(this.gate, clock, preRollMs, emit)
    }
    this.#backpressure = newBackpressure(
      this.gate,
      clock,
      // Not once the transport has reported its end, which it may do from inside `send`.
      () => this.#status !== 'closed' && (this.#transport?.bufferedAmount ?? 0) > maxBufferedBytes,
      this.#deadlines.backpressureMs,
      emit,
    )
    this.#runner = new CallRunner({
      gate: this.gate,
      clock,
      tools: checkedTools,
      declared: this.#declared,
      profile,
      deadlines: this.#deadlines,
      responses,
      mustBeOpen: () => this.#mustBeOpen('toolResponse'),
      send: (functionResponses) => this.#put('toolResponse', { functionResponses }),
      sentBefore: () => {
        this.#sentBeforeWindow = this.#tail.inputsWithin(raceMs)
        return this.#sentBeforeWindow
      },
      trySend: this.#trySend,
      emit,
    })
    this.calls = this.#runner.calls
    this.gate.hold(setupHold)
  }

  /**
   * Calls the listener with everything that happens, until the returned function is called. What a listener throws stops neither the
   * session nor another listener (G3); it is reported as `listener-failed`.
   */
  onEvent(listener: (event: LiveSessionEvent) => void): () => void {
    return this.#events.listen(listener)
  }

  /** Calls the listener with one type of event: see {@link onEvent}. */
  on<Type extends LiveSessionEvent['type']>(
    type: Type,
    listener: (event: EventOf<Type>) => void,
  ): () => void {
    // Returns what an async listener returns: if it rejects, that is a failure of the listener, too.
    return this.onEvent((event) => event.type === type && listener(event as EventOf<Type>))
  }

  /**
   * Starts a connection. If there was one before, it is closed, its calls are lost, and whatever is still reported of it changes nothing
   * (G9). Input waits until the server has accepted the setup; an open turn then begins again.
   *
   * @throws {LivegateError} `closed`, when the session is over.
   */
  connect(transport: Transport): Connection {
    mustBe(this.#status !== 'closed', 'session', 'open to connect', this.#status, 'closed')
    const epoch = ++this.#epoch
    const previous = this.#transport
    const { setupMs } = this.#deadlines
    this.#status = 'connecting'
    this.#transport = transport
    this.#ready = new Promise((resolve) => {
      this.#setReady = resolve
    })
    this.#cancelSetupTimer?.()
    const ifCurrent =
      <Fact extends readonly unknown[]>(take: (...fact: Fact) => void) =>
      (...fact: Fact) => {
        if (epoch === this.#epoch && this.#status !== 'closed') {
          this.#events.atomically(() => take(...fact))
        }
      }
    const giveUp = ifCurrent((reason: string) => {
      this.#end({ reason })
      this.#trySend(() => transport.close(reason))
    })
    this.#cancelSetupTimer = wakeAfter(this.#clock, setupMs, () =>
      giveUp(`no setupComplete within ${setupMs / 1000} s`),
    )
    Object.assign(this.#policy, holdAll)
    Object.assign(this.#declared, declaredBy(this.setup.tools))
    this.#owesStart = this.gate.snapshot().bracketOpen
    // As one change, because listeners may close the session, or connect again. The hold comes first: the backlog is for this connection.
    this.#trySend(() => {
      this.gate.hold(setupHold)
      this.#backpressure.stop()
      if (previous) this.calls.reconnect()
      previous?.close()
    })
    return {
      epoch,
      opened: ifCurrent(() => {
        try {
          this.#put('setup', this.setup)
        } catch (error) {
          this.#events.emit({ type: 'send-failed', error })
          giveUp(`no setup was sent: ${messageOf(error)}`)
        }
      }),
      receive: ifCurrent((message: ServerMessage) => this.#receive(message)),
      closed: ifCurrent((close?: Close) => this.#end(close)),
    }
  }

  /**
   * Offers an input. The verdict says whether it was sent, is held, or was dropped and why: `failed`, when the connection is closing and
   * the session has not been told yet, so that the transport throws an error with the code `closed`.
   *
   * @throws {LivegateError} `invalid-input`, naming the field and what it holds; nothing is sent or counted then.
   * @throws whatever else the transport throws; the input is counted as dropped then.
   */
  sendRealtimeInput(input: RealtimeInput): Verdict {
    const kind = checkInput(input)
    const preRoll = this.#preRoll
    const waits = !this.#isOpen || (kind === 'audio' ? preRoll?.isKeeping : kind === 'text')
    // A copy as the wire carries it: while an input waits, the caller may use its object again for the next one.
    const own: RealtimeInput = waits ? JSON.parse(mended(input)) : input
    try {
      return preRoll && this.#status !== 'closed'
        ? this.#events.atomically(() => preRoll.offer(own, kind))
        : this.gate.offer(own, kind)
    } catch (error) {
      // A closing connection is no mistake of the caller's, just as a closed session is none. The gate has counted and reported the input.
      if ((error as Partial<LivegateError> | null | undefined)?.code === 'closed')
        return { status: 'dropped', reason: 'failed' }
      throw error
    }
  }

  /**
   * Answers calls by hand. A missing name is filled in. Responses to settled calls are suppressed, and reported as such; the gate opens
   * once the last pending call is answered.
   *
   * @throws {LivegateError} `unknown-call` for an id that was never received, `invalid-response` for a response that is not a JSON object,
   * `closed` while the session is not set up; nothing is sent then, and the calls stay pending.
   * @throws what the transport throws; the calls that are answered are lost then.
   */
  sendToolResponse(params: {
    readonly functionResponses: FunctionResponse | readonly FunctionResponse[]
  }): ToolResponseReport {
    return this.#events.atomically(() => this.#runner.answer(params?.functionResponses))
  }

  /**
   * Sends what is never gated: client content (which, with `turnComplete`, interrupts the model even while a call is pending) and context
   * updates.
   *
   * @throws {LivegateError} `closed`, when the session is not set up, or over; `invalid-options` for any other type, and for tools that are
   * no list.
   * @throws what the transport throws.
   */
  send<Type extends 'clientContent' | 'contextUpdate'>(type: Type, body: ClientMessages[Type]): void {
    // Any other would pass by the gate, or by the calls.
    checkWord('type', type, ['clientContent', 'contextUpdate'])
    this.#mustBeOpen(type)
    // A list in an object, as in the SDK and on the wire, or a bare list.
    const { tools } = body as { readonly tools?: readonly object[] | { readonly tools: readonly object[] } }
    const declared = type === 'contextUpdate' && tools && declaredBy('tools' in tools ? tools.tools : tools)
    this.#put(type, body)
    // New declarations decide from now on which calls block (G10), until another connection gets the setup again (G9).
    if (declared) Object.assign(this.#declared, declared)
  }

  /**
   * Ends the session and its connection: what waits is dropped, pending calls are lost, and no timer is left. Closing twice does nothing.
   */
  close(): void {
    if (this.#status === 'closed') return
    this.#end()
    this.#transport?.close()
  }

  /** The whole state, without content. */
  snapshot(): LiveSessionSnapshot {
    return {
      status: this.#status,
      epoch: this.#epoch,
      profile: this.#profile.name,
      gate: this.gate.snapshot(),
      preRoll: this.#preRoll?.snapshot() ?? null,
      pending: this.#runner.snapshot(),
      settled: this.calls.snapshot().settled,
      deadlines: { ...this.#deadlines },
      bufferedAmount: this.#transport?.bufferedAmount ?? 0,
    }
  }

  #receive(message: ServerMessage): void {
    const isSetUp = message.setupComplete && this.#status === 'connecting'
    if (isSetUp) {
      this.#status = 'open'
      this.#cancelSetupTimer?.()
      this.#events.emit({ type: 'setup-complete', epoch: this.#epoch })
      this.#setReady?.()
    }
    if (message.toolCall) this.#runner.receive(message.toolCall, this.#ready)
    const cancelled = message.toolCallCancellation?.ids
    if (Array.isArray(cancelled)) this.calls.cancel(cancelled)
    // Behind a call in the same message, whose hold keeps the gate shut (G1). Its handler may have ended the connection.
    if (isSetUp && this.#status === 'open') this.gate.hold(setupHold).release()
  }

  #end({ code, reason }: Close = {}): void {
    this.#events.atomically(() => {
      this.#status = 'closed'
      this.#cancelSetupTimer?.()
      const { pending } = this.calls.snapshot()
      this.gate.close()
      this.#preRoll?.release()
      this.#backpressure.stop()
      this.calls.lose()
      this.#events.emit({
        type: 'session-closed',
        report: {
          epoch: this.#epoch,
          code,
          reason,
          pending,
          sentBeforeWindow: this.#sentBeforeWindow,
          tail: this.#tail.report(),
        },
      })
    })
  }

  /** What the gate lets through. */
  readonly #sendInput: InputGateOptions['send'] = (input, kind, nth) => {
    if (this.#owesStart) this.#repeatStart(kind, nth)
    this.#transport?.send('realtimeInput', input)
    // To look at the transport after each frame of audio would cost more than sending it.
    if (this.#tail.addInput(input, kind, nth)) this.#backpressure.look()
  }

  /** Begins the open turn again, on a connection whose server has not heard its start. */
  #repeatStart(kind: InputKind, nth: number): void {
    // Before it is sent: the transport may report, from inside `send`, what makes the session offer, connect or end.
    this.#owesStart = false
    try {
      this.#transport?.send('realtimeInput', { activityStart: {} })
    } catch (error) {
      this.#owesStart = true
      throw error
    }
    // The gate has counted the audio frame that is leaving, but the start goes before it.
    this.#tail.add('activityStart', 0, kind === 'audio' ? nth - 1 : undefined)
    this.#mustBeOpen('realtimeInput')
  }

  #put<Type extends Exclude<keyof ClientMessages, 'realtimeInput'>>(
    type: Type,
    body: ClientMessages[Type],
  ): void {
    const json = mended(body)
    // The caller's own object, if it can be: it may have methods for the adapter.
    this.#transport?.send(type, json === JSON.stringify(body) ? body : JSON.parse(json))
    this.#tail.add(type, json.length)
  }

  /** Sends what no caller waits for, as one change: a failure becomes an event. */
  readonly #trySend = (send: () => void): void =>
    this.#events.atomically(() => {
      try {
        send()
      } catch (error) {
        this.#events.emit({ type: 'send-failed', error })
      }
    })

  #mustBeOpen(type: string): void {
    mustBe(this.#status === 'open', 'session', `open to send ${type}`, this.#status, 'closed')
  }
}

/**
 * JSON with U+FFFD for each half of a character, such as a text that was cut may end with: Vertex has refused all that is sent with one
 * (vertesia/llumiverse#462). Browsers older than 2023 leave it as it is.
 */
const mended = (body: object): string =>
  JSON.stringify(body, (_, value: string & { toWellFormed?(): string }) =>
    typeof value === 'string' ? (value.toWellFormed?.() ?? value) : value,
  )
