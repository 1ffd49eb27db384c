import { checkInput } from './check-input.ts'
import type { Clock } from './clock.ts'
import {
  type CallId,
  type FunctionResponse,
  responseTo,
  type ToolCall,
  type ToolCallMessage,
} from './function-call.ts'
import { type GateEvent, InputGate, type Verdict } from './input-gate.ts'
import { checkPolicy, holdInput, type InputPolicy } from './input-policy.ts'
import { LivegateError } from './livegate-error.ts'
import { type CallBehavior, callBlocks, type Profile, profileFor } from './profile.ts'
import type { RealtimeInput } from './realtime-input.ts'
import { checkTimeout, checkTools, runTool, type Tool, type Tools } from './tool.ts'
import {
  type Settlement,
  type ToolCallEvent,
  ToolCallTracker,
  type ToolHandler,
} from './tool-call-tracker.ts'
import { resultToResponse } from './tool-result.ts'
import type { ClientMessages, Transport } from './transport.ts'

/** How long a call may be pending, in milliseconds; `Infinity` for ever. At its deadline it is answered with an error (G3). */
export interface Deadlines {
  /** For calls with a handler. Default 30 000. */
  readonly handlerMs?: number
  /** For calls answered by hand. Default 300 000. */
  readonly byHandMs?: number
}

export interface LiveSessionOptions {
  readonly transport: Transport
  readonly clock: Clock
  /** What the gate does with input while a call is pending. Default: `holdInput()`. */
  readonly policy?: InputPolicy
  readonly tools?: Tools
  /** The names that the setup declares. When given, a handler for another name is refused, and so is a call of one. */
  readonly declaredTools?: readonly string[]
  /** What the setup declares of its tools' behavior, by name. */
  readonly behaviors?: ReadonlyMap<string, CallBehavior>
  /** What is known of the server. Default: `profileFor('')`, for which calls block unless declared otherwise. */
  readonly profile?: Profile
  readonly deadlines?: Deadlines
  /** Is told what happens. What it throws is its own affair and stops nothing. */
  readonly onEvent?: (event: LiveSessionEvent) => void
}

/** What of a server's message a session acts on; the rest is none of its business (G12). */
export interface ServerMessage {
  readonly toolCall?: ToolCallMessage
  readonly toolCallCancellation?: { readonly ids?: readonly CallId[] }
}

/** What became of responses given by hand. */
export interface ToolResponseReport {
  readonly sent: readonly CallId[]
  readonly suppressed: readonly { readonly id: CallId; readonly reason: Settlement }[]
}

/** What there is of a pending call beside the call itself. */
interface CallWindow {
  readonly blocks: boolean
  readonly tool: Tool | undefined
  /** Its deadline has come. */
  isDue: boolean
  /** Calls off its timers and takes its hold off the gate. */
  readonly end: () => void
}

/** Calls whose responses leave together. */
interface Batch {
  readonly calls: readonly ToolCall[]
  readonly ready: Map<CallId, FunctionResponse>
  running: number
}

/** Everything that a session tells. `send-failed`: responses could not be sent; their calls are lost. */
export type LiveSessionEvent =
  | GateEvent
  | ToolCallEvent
  /** A tenth of the time that the call may be pending is over. */
  | { readonly type: 'call-overdue'; readonly call: ToolCall; readonly pendingMs: number }
  | { readonly type: 'send-failed'; readonly error: unknown }

const defaultDeadlines = { handlerMs: 30_000, byHandMs: 300_000 }

/** The part of a call's time after which it is told to be overdue. */
const overduePart = 0.1

/** The name under which pending calls hold the gate. */
const toolCallHold = 'tool-call'

/**
 * A gate and a tracker put together over any {@link Transport}: the gate is shut from the arrival of a call that blocks until
 * the last such call is settled, handlers run, and every call is answered once.
 */
export class LiveSession {
  readonly gate: InputGate
  readonly calls: ToolCallTracker
  readonly #transport: Transport
  readonly #clock: Clock
  readonly #tools: ReadonlyMap<string, Tool>
  readonly #declared: ReadonlySet<string> | undefined
  readonly #behaviors: ReadonlyMap<string, CallBehavior>
  readonly #profile: Profile
  readonly #deadlines: Required<Deadlines>
  readonly #windows: Map<CallId, CallWindow> = new Map()
  readonly #onEvent: (event: LiveSessionEvent) => void
  readonly #opened: Promise<void>
  #open: () => void = () => {}
  #isClosed = false

  /**
   * @throws {LivegateError} `undeclared-tool`, for a handler of a tool that the setup does not declare; `invalid-options`,
   * for a handler that is no function, a deadline that is no duration, or a policy that is none.
   */
  constructor({
    transport,
    clock,
    policy = holdInput(),
    tools = {},
    declaredTools,
    behaviors = new Map(),
    profile = profileFor(''),
    deadlines,
    onEvent = () => {},
  }: LiveSessionOptions) {
    checkPolicy(policy)
    this.#transport = transport
    this.#clock = clock
    this.#declared = declaredTools && new Set(declaredTools)
    this.#tools = checkTools(tools, this.#declared)
    this.#behaviors = behaviors
    this.#profile = profile
    this.#deadlines = checkDeadlines({ ...defaultDeadlines, ...deadlines })
    this.#opened = new Promise((resolve) => {
      this.#open = resolve
    })
    this.#onEvent = onEvent
    this.gate = new InputGate({ send: (input) => transport.send('realtimeInput', input), policy, onEvent })
    this.calls = new ToolCallTracker({
      onEvent: (event) => {
        if (event.type === 'call-settled') this.#endWindow(event.call.id)
        onEvent(event)
      },
    })
  }

  /** The connection is set up: responses may leave. Calls can come before that, their responses wait for it. */
  opened(): void {
    this.#open()
  }

  /**
   * Takes in a message of the server. The gate is shut when this returns, if the message asks for it; so tell the
   * session before anyone else (G1).
   */
  receive(message: ServerMessage): void {
    if (this.#isClosed) return
    if (message.toolCall) this.#startWindow(message.toolCall)
    const cancelled = message.toolCallCancellation?.ids
    if (Array.isArray(cancelled)) this.calls.cancel(cancelled)
  }

  /** The connection is gone: what waits is given up, pending calls are lost, no timer is left. */
  closed(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.gate.close()
    this.calls.lose()
    this.#open()
  }

  /** Offers an input: see {@link InputGate.offer}. */
  sendRealtimeInput(input: RealtimeInput): Verdict {
    return this.gate.offer(input, checkInput(input))
  }

  /**
   * Answers calls by hand. A missing name is filled in. Responses to calls that are settled are suppressed, and reported;
   * the gate opens once the last pending call is answered.
   *
   * @throws {LivegateError} `unknown-call` for an id that was never called, `invalid-response` for a response that is no
   * JSON object; nothing is sent then, and the calls stay pending.
   */
  sendToolResponse(params: {
    readonly functionResponses: FunctionResponse | readonly FunctionResponse[]
  }): ToolResponseReport {
    const given: unknown = params?.functionResponses
    const list: readonly FunctionResponse[] = Array.isArray(given) ? given : [given]
    if (list.length === 0) {
      throw new LivegateError('invalid-response', 'functionResponses', 'at least one response', given)
    }
    const fates = this.calls.match(list)
    const pending = fates.filter((fate) => fate.status === 'pending')
    const suppressed = fates.filter((fate) => fate.status === 'suppressed')
    const final = pending.filter(({ response }) => !response.willContinue).map(({ call }) => call.id)
    if (pending.length > 0) {
      this.#respond(
        pending.map(({ response }) => response),
        final,
      )
    }
    return {
      sent: pending.map(({ call }) => call.id),
      suppressed: suppressed.map(({ call, reason }) => ({ id: call.id, reason })),
    }
  }

  /**
   * Sends what the gate has no say in: client content (which, with `turnComplete`, interrupts the model even while a call is
   * pending) and context updates.
   *
   * @throws {LivegateError} `closed`, when the session is over.
   */
  send<Type extends Exclude<keyof ClientMessages, 'realtimeInput'>>(
    type: Type,
    body: ClientMessages[Type],
  ): void {
    if (this.#isClosed) throw new LivegateError('closed', 'session', `open to send ${type}`, 'closed')
    this.#transport.send(type, body)
  }

  /** Ends the session and its connection: see {@link closed}. Closing twice does nothing. */
  close(): void {
    if (this.#isClosed) return
    this.closed()
    this.#transport.close()
  }

  #startWindow(message: ToolCallMessage): void {
    const calls = this.calls.receive(message)
    const batches = this.#batchesOf(calls)
    // All holds first: a handler may answer before the next call of the message has been looked at (G1).
    for (const [call, batch] of batches) this.#openWindow(call, batch)
    for (const [call, batch] of batches) void this.#answer(call, batch)
  }

  /** Calls that block and have handlers are one batch; nobody waits for another, and the hand answers when it will. */
  #batchesOf(calls: readonly ToolCall[]): ReadonlyMap<ToolCall, Batch> {
    const together = calls.filter((call) => this.#toolOf(call) && this.#blocks(call))
    const batch = newBatch(together)
    return new Map(calls.map((call) => [call, together.includes(call) ? batch : newBatch([call])]))
  }

  /** Sets the timers of a call, and shuts the gate for one that blocks (G10). */
  #openWindow(call: ToolCall, batch: Batch): void {
    const tool = this.#toolOf(call)
    const blocks = this.#blocks(call)
    const hold = blocks ? this.gate.hold(toolCallHold, call.id) : undefined
    const limitMs = tool?.timeoutMs ?? this.#deadlines[tool ? 'handlerMs' : 'byHandMs']
    const pendingMs = limitMs * overduePart
    const callOff = [
      this.#wakeAfter(pendingMs, () => this.#tell({ type: 'call-overdue', call, pendingMs })),
      this.#wakeAfter(limitMs, () => {
        window.isDue = true
        this.calls.expire(call.id, `${call.name} gave no result within ${limitMs / 1000} s`)
        this.#sendWhenDue(call, batch)
      }),
    ]
    const end = (): void => {
      for (const timer of callOff) timer()
      hold?.release()
    }
    const window: CallWindow = { blocks, tool, isDue: false, end }
    this.#windows.set(call.id, window)
  }

  #blocks(call: ToolCall): boolean {
    return callBlocks(this.#profile, this.#toolOf(call)?.behavior ?? this.#behaviors.get(call.name))
  }

  #wakeAfter(delayMs: number, wake: () => void): () => void {
    return delayMs === Number.POSITIVE_INFINITY ? () => {} : this.#clock.setTimer(delayMs, wake)
  }

  #endWindow(id: CallId): void {
    const window = this.#windows.get(id)
    this.#windows.delete(id)
    window?.end()
  }

  #toolOf({ name }: ToolCall): Tool | undefined {
    const tool = this.#tools.get(name)
    if (tool || !this.#declared || this.#tools.size === 0 || this.#declared.has(name)) return tool
    const known = [...this.#declared].join(', ')
    return {
      handler: () => {
        throw new Error(`there is no tool ${name}; the tools are ${known}`)
      },
    }
  }

  /** What the tracker runs for a call; for one that is answered by hand, what only its deadline ends. */
  #handlerOf(call: ToolCall): ToolHandler {
    const window = this.#windows.get(call.id)
    const tool = window?.tool
    if (!tool) return () => new Promise(() => {})
    const report = (progress: unknown): void => {
      if (window.blocks || !this.calls.isPending(call.id)) return
      const response = { ...responseTo(call, resultToResponse(call.name, progress)), willContinue: true }
      this.#sendOrTell([this.#scheduled(call, response)], [])
    }
    return (args, context) => runTool(tool, args, { ...context, report })
  }

  async #answer(call: ToolCall, batch: Batch): Promise<void> {
    const response = await this.calls.execute(call, this.#handlerOf(call))
    await this.#opened
    if (response) batch.ready.set(call.id, this.#scheduled(call, response))
    batch.running--
    this.#sendWhenDue(call, batch)
  }

  /**
   * Sends the responses of a batch together, once there are all, before the gate opens (G6); or what there is of them when the
   * deadline of one has come: it doesn't wait for the others (G3).
   */
  #sendWhenDue(call: ToolCall, { calls, ready, running }: Batch): void {
    const isDue = this.#windows.get(call.id)?.isDue && ready.has(call.id)
    if (running > 0 && !isDue) return
    const due = calls.map(({ id }) => id).filter((id) => ready.has(id) && this.calls.isPending(id))
    const responses = due.flatMap((id) => ready.get(id) ?? [])
    if (due.length > 0) this.#sendOrTell(responses, due)
  }

  /** The response as the tool wants it taken up; of a call that blocks the model takes it up anyway. */
  #scheduled(call: ToolCall, response: FunctionResponse): FunctionResponse {
    const window = this.#windows.get(call.id)
    const scheduling = window?.blocks ? undefined : window?.tool?.scheduling
    return scheduling ? { ...response, scheduling } : response
  }

  #sendOrTell(responses: readonly FunctionResponse[], final: readonly CallId[]): void {
    try {
      this.#respond(responses, final)
    } catch (error) {
      this.#tell({ type: 'send-failed', error })
    }
  }

  /** Sends responses and settles their calls, in this order, so that the gate opens behind them (G6). */
  #respond(functionResponses: readonly FunctionResponse[], final: Iterable<CallId>): void {
    try {
      this.send('toolResponse', { functionResponses })
    } catch (error) {
      // Nobody will hear of these any more, and the gate must not wait for them (G3).
      this.calls.lose(final)
      throw error
    }
    for (const id of final) this.calls.settle(id)
  }

  #tell(event: LiveSessionEvent): void {
    try {
      this.#onEvent(event)
    } catch {
      // What listens must not stop what it listens to (G3).
    }
  }
}

function newBatch(calls: readonly ToolCall[]): Batch {
  return { calls, ready: new Map(), running: calls.length }
}

function checkDeadlines({ handlerMs, byHandMs }: Required<Deadlines>): Required<Deadlines> {
  return {
    handlerMs: checkTimeout('deadlines.handlerMs', handlerMs),
    byHandMs: checkTimeout('deadlines.byHandMs', byHandMs),
  }
}
