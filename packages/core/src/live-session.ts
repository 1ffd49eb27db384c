import { bytesOf } from './backlog.ts'
import { type Backpressure, newBackpressure } from './backpressure.ts'
import { CallRunner, type ToolResponseReport } from './call-runner.ts'
import { checkInput } from './check-input.ts'
import { checkBound, checkTimeout, checkWord } from './check-option.ts'
import { type Clock, wakeAfter } from './clock.ts'
import type { FunctionResponse } from './function-call.ts'
import { InputGate, type Verdict } from './input-gate.ts'
import { checkPolicy, holdInput, type InputPolicy } from './input-policy.ts'
import type { EventOf, LiveSessionEvent, LiveSessionSnapshot } from './live-session-event.ts'
import type { Deadlines, LiveSessionOptions } from './live-session-options.ts'
import { isLivegateError, mustBe } from './livegate-error.ts'
import { newOutboundTail, type OutboundTail } from './outbound-tail.ts'
import { newPreRoll, type PreRoll } from './pre-roll.ts'
import { type Profile, profileFor } from './profile.ts'
import { quietly } from './quietly.ts'
import type { RealtimeInput } from './realtime-input.ts'
import { type DeclaredTools, declaredBy, readSetup, type Setup } from './setup.ts'
import { checkTools } from './tool.ts'
import type { ToolCallTracker } from './tool-call-tracker.ts'
import { messageOf } from './tool-result.ts'
import type { ClientMessages, Close, Connection, ServerMessage, Transport } from './transport.ts'

const defaultDeadlines = { handlerMs: 30_000, byHandMs: 300_000, setupMs: 30_000, backpressureMs: 30_000 }

/** The name under which a connection that is not set up holds the gate. */
const setupHold = 'setup'

const holdAll = { audio: 'hold', video: 'hold', text: 'hold' } as const

/** Of so many frames of audio one is looked at, and the first behind anything else. */
const audioRun = 16

/** What left in so many milliseconds before a call arrived may have met it on the way. */
const raceMs = 250

/**
 * A gate and a tracker, composed over any {@link Transport}: the gate is shut from the arrival of a blocking call until the last such
 * call is settled, handlers are run, and every call is answered once.
 *
 * What is decided is decided by functions of facts ({@link InputGate}, {@link ToolCallTracker}, tool-window.ts); here their
 * effects are carried out.
 */
export class LiveSession {
  readonly gate: InputGate
  readonly calls: ToolCallTracker
  /** The setup as it goes on the wire, with declarations derived for the tools that have `parameters`. */
  readonly setup: Setup
  readonly #clock: Clock
  readonly #runner: CallRunner
  readonly #profile: Profile
  readonly #declared: DeclaredTools
  readonly #deadlines: { -readonly [name in keyof Deadlines]-?: number } = { ...defaultDeadlines }
  /** The policy as the gate has it: a connection that is not set up takes nothing, so everything waits for it. */
  readonly #rules: { -readonly [rule in keyof InputPolicy]: InputPolicy[rule] }
  readonly #preRoll: PreRoll | undefined
  readonly #backpressure: Backpressure
  readonly #tail: OutboundTail
  readonly #listeners: Set<(event: LiveSessionEvent) => void> = new Set()
  readonly #tell = (event: LiveSessionEvent): void => {
    if (this.#untold) this.#untold.push(event)
    else {
      // Those that there are now: what a listener adds is told of what comes next.
      for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener(event)
    }
  }
  /** What is told only when all of what is done is done: see `#whole`. */
  #untold: LiveSessionEvent[] | undefined
  /** Does what may fail, as a whole, and tells it then. */
  readonly #orTell = (send: () => void): void =>
    this.#whole(() => {
      try {
        send()
      } catch (error) {
        this.#tell({ type: 'send-failed', error })
      }
    })
  #status: LiveSessionSnapshot['status'] = 'connecting'
  #epoch = 0
  #transport: Transport | undefined
  /** The turn that is under way began on an earlier connection: this one hears of it with the next input (G4). */
  #owesStart = false
  #sentBeforeWindow = 0
  /** The number of the frame of audio that is looked at next. */
  #nextLook = 0
  #ready: Promise<void> | undefined
  #setReady: (() => void) | undefined
  #callOffSetup: (() => void) | undefined

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
  }: LiveSessionOptions) {
    checkPolicy(policy)
    checkWord('responses', responses, ['together', 'alone'])
    checkBound('maxBufferedBytes', maxBufferedBytes)
    checkBound('preRollMs', preRollMs)
    for (const [name, timeoutMs] of Object.entries({ ...deadlines })) {
      // Absent, as an option is.
      if (timeoutMs === undefined) continue
      checkTimeout(`deadlines.${name}`, timeoutMs)
      this.#deadlines[name as keyof Deadlines] = timeoutMs
    }
    const checkedTools = checkTools(tools)
    const facts = readSetup(setup, checkedTools)
    this.setup = facts.setup
    this.#declared = facts.declared
    this.#clock = clock
    this.#tail = newOutboundTail(clock, () => this.gate.snapshot().counters.audio.sent)
    this.#profile = profile
    this.#rules = { ...policy, ...holdAll }
    const onEvent = this.#tell
    this.gate = new InputGate({
      send: (input, kind, nth) => {
        if (this.#owesStart) {
          this.#transport?.send('realtimeInput', { activityStart: {} })
          // The frame that is leaving is counted already, and goes behind the start.
          this.#tail.add('activityStart', 0, kind === 'audio' ? nth - 1 : undefined)
          this.#owesStart = false
        }
        this.#transport?.send('realtimeInput', input)
        // To look at each frame of audio would cost more than all else that is done for it.
        if (kind !== 'audio') {
          this.#tail.add(kind, bytesOf(input))
          this.#nextLook = 0
        } else if (nth >= this.#nextLook) {
          this.#tail.addAudio(bytesOf(input), nth)
          this.#nextLook = nth + audioRun
        } else return
        this.#backpressure.look()
      },
      policy: this.#rules,
      onEvent: (event) => {
        // Only now: what waited while everything did is not to be overtaken by what passes.
        if (event.type === 'gate-opened') {
          Object.assign(this.#rules, policy)
          // What waited left at once.
          this.#tail.endAudio()
        }
        onEvent(event)
      },
    })
    if (setup.realtimeInputConfig?.automaticActivityDetection?.disabled) {
      this.#preRoll = newPreRoll(this.gate, clock, preRollMs, onEvent)
    }
    const heldMs = this.#deadlines.backpressureMs
    this.#backpressure = newBackpressure(
      this.gate,
      clock,
      () => this.#bufferedAmount > maxBufferedBytes,
      heldMs,
      () => onEvent({ type: 'hold-expired', hold: { name: 'backpressure', id: undefined }, heldMs }),
    )
    this.#runner = new CallRunner({
      gate: this.gate,
      clock,
      tools: checkedTools,
      declared: this.#declared,
      profile,
      deadlines: this.#deadlines,
      together: responses === 'together',
      mustBeOpen: () => this.#mustBeOpen('toolResponse'),
      send: (functionResponses) => this.#put('toolResponse', { functionResponses }),
      sentBefore: () => {
        this.#sentBeforeWindow = this.#tail.inputsWithin(raceMs)
        return this.#sentBeforeWindow
      },
      orTell: this.#orTell,
      tell: onEvent,
    })
    this.calls = this.#runner.calls
    this.gate.hold(setupHold)
  }

  /**
   * Calls the listener with everything that happens, until the returned function is called. What a listener throws stops neither the
   * session nor another listener (G3).
   */
  onEvent(listener: (event: LiveSessionEvent) => void): () => void {
    const own = quietly(listener)
    this.#listeners.add(own)
    return () => void this.#listeners.delete(own)
  }

  /** Calls the listener with one type of event: see {@link onEvent}. */
  on<Type extends LiveSessionEvent['type']>(
    type: Type,
    listener: (event: EventOf<Type>) => void,
  ): () => void {
    return this.onEvent((event) => {
      if (event.type === type) listener(event as EventOf<Type>)
    })
  }

  /**
   * Begins with a connection, or goes on with another one: the previous one is closed, its calls are lost, and whatever is still reported
   * of it changes nothing (G9). Input waits until the server has accepted the setup; a turn that is under way then begins again.
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
    this.#callOffSetup?.()
    const giveUp = (reason: string): void => {
      this.#end({ reason })
      transport.close(reason)
    }
    this.#callOffSetup = wakeAfter(this.#clock, setupMs, () =>
      giveUp(`no setupComplete within ${setupMs / 1000} s`),
    )
    Object.assign(this.#rules, holdAll)
    this.#owesStart = this.gate.snapshot().bracketOpen
    // Only now something is told, by which a listener may close the session; and first this: what waits is for the new connection.
    this.gate.hold(setupHold)
    this.#backpressure.stop()
    if (previous) {
      this.calls.reconnect()
      this.#orTell(() => previous.close())
    }
    const ifCurrent =
      <Fact extends readonly unknown[]>(take: (...fact: Fact) => void) =>
      (...fact: Fact) => {
        if (epoch === this.#epoch && this.#status !== 'closed') this.#whole(() => take(...fact))
      }
    return {
      epoch,
      opened: ifCurrent(() => {
        try {
          this.#put('setup', this.setup)
        } catch (error) {
          this.#tell({ type: 'send-failed', error })
          giveUp(`no setup was sent: ${messageOf(error)}`)
        }
      }),
      receive: ifCurrent((message: ServerMessage) => this.#receive(message)),
      closed: ifCurrent((close?: Close) => this.#end(close)),
    }
  }

  /**
   * Offers an input. The verdict says whether it was sent, is held, or was dropped and why: `failed`, where the connection is closing and
   * the session has not been told yet.
   *
   * @throws {LivegateError} `invalid-input`, naming the field and what it holds; nothing is sent or counted then.
   * @throws whatever else the transport throws; the input is counted as dropped then.
   */
  sendRealtimeInput(input: RealtimeInput): Verdict {
    const kind = checkInput(input)
    try {
      return this.#preRoll && this.#status !== 'closed'
        ? this.#preRoll.offer(input, kind)
        : this.gate.offer(input, kind)
    } catch (error) {
      // No more a microphone's mistake than a closed session is. The gate has counted it, and told why.
      if (isLivegateError(error) && error.code === 'closed') return { status: 'dropped', reason: 'failed' }
      throw error
    }
  }

  /**
   * Answers calls by hand. A missing name is filled in. Responses to settled calls are suppressed, and reported as such; the gate opens
   * once the last pending call is answered.
   *
   * @throws {LivegateError} `unknown-call` for an id that was never received, `invalid-response` for a response that is not a JSON object;
   * nothing is sent then, and the calls stay pending.
   */
  sendToolResponse(params: {
    readonly functionResponses: FunctionResponse | readonly FunctionResponse[]
  }): ToolResponseReport {
    return this.#whole(() => this.#runner.answer(params?.functionResponses))
  }

  /**
   * Sends what is never gated: client content (which, with `turnComplete`, interrupts the model even while a call is pending) and context
   * updates.
   *
   * @throws {LivegateError} `closed`, when the session is not set up, or over.
   */
  send<Type extends Exclude<keyof ClientMessages, 'realtimeInput' | 'setup'>>(
    type: Type,
    body: ClientMessages[Type],
  ): void {
    this.#mustBeOpen(type)
    this.#put(type, body)
    // As the SDK has them, or as the wire does (G10).
    const { tools } = body as { readonly tools?: readonly object[] | { readonly tools: readonly object[] } }
    if (type === 'contextUpdate' && tools) {
      Object.assign(this.#declared, declaredBy('tools' in tools ? tools.tools : tools))
    }
  }

  /**
   * Ends the session and its connection: what waits is dropped, pending calls are lost, and no timer is left. Closing twice does nothing.
   */
  close(): void {
    if (this.#status === 'closed') return
    this.#end()
    this.#transport?.close()
  }

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
      bufferedAmount: this.#bufferedAmount,
    }
  }

  get #bufferedAmount(): number {
    return this.#transport?.bufferedAmount ?? 0
  }

  /**
   * Does something whole before anything of it is told: a listener may answer a call whose hold has yet to be taken, or whose response
   * has left with another's. What is done meanwhile, by a handler that sends, is a part of it.
   */
  #whole<Result>(act: () => Result): Result {
    if (this.#untold) return act()
    const untold: LiveSessionEvent[] = []
    this.#untold = untold
    try {
      return act()
    } finally {
      this.#untold = undefined
      untold.forEach(this.#tell)
    }
  }

  #receive(message: ServerMessage): void {
    if (message.setupComplete && this.#status === 'connecting') {
      this.#status = 'open'
      this.#callOffSetup?.()
      this.#tell({ type: 'setup-complete', epoch: this.#epoch })
      this.#setReady?.()
      this.gate.hold(setupHold).release()
    }
    if (message.toolCall) this.#runner.receive(message.toolCall, this.#ready)
    const cancelled = message.toolCallCancellation?.ids
    if (Array.isArray(cancelled)) this.calls.cancel(cancelled)
  }

  #end({ code, reason }: Close = {}): void {
    this.#status = 'closed'
    this.#callOffSetup?.()
    const { pending } = this.calls.snapshot()
    this.gate.close()
    this.#preRoll?.release()
    this.#backpressure.stop()
    this.calls.lose()
    this.#tell({
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
  }

  #put<Type extends Exclude<keyof ClientMessages, 'realtimeInput'>>(
    type: Type,
    body: ClientMessages[Type],
  ): void {
    const bytes = JSON.stringify(body).length
    this.#transport?.send(type, body)
    this.#tail.add(type, bytes)
  }

  #mustBeOpen(type: string): void {
    mustBe(this.#status === 'open', 'session', `open to send ${type}`, this.#status, 'closed')
  }
}
