import {
  type CallId,
  type FunctionResponse,
  responseTo,
  type ToolCall,
  type ToolCallMessage,
} from './function-call.ts'
import { LivegateError, mustBe } from './livegate-error.ts'
import { type CallSignal, newAbortController } from './platform.ts'
import { quietly } from './quietly.ts'
import { asJson, isJsonObject, messageOf, resultToResponse } from './tool-result.ts'

/**
 * How a call ended: `answered` (its final response was sent), `cancelled` (by the server), `expired` (its deadline came, and
 * an error response was sent), `lost` (with its connection).
 */
export type Settlement = 'answered' | 'cancelled' | 'expired' | 'lost'

/** What a handler gets beside the arguments. */
export interface HandlerContext {
  /** Aborted when the result is no longer needed: the call was cancelled, expired, lost, or answered by hand. */
  readonly signal: CallSignal
  /** The server's id, or a private one if the call came without. */
  readonly id: CallId
  readonly name: string
  /** The number of the connection that the call came by; the first is 1. */
  readonly epoch: number
}

/** Does the work of a tool. What it returns or throws becomes the response. */
export type ToolHandler = (args: Record<string, unknown>, context: HandlerContext) => unknown

/** What happened to a call after it was received. */
export type ToolCallEvent =
  | { readonly type: 'call-settled'; readonly call: ToolCall; readonly as: Settlement }
  /** The server sent a call again; it joined the one there is (G7). */
  | { readonly type: 'call-repeated'; readonly call: ToolCall }
  /** A result or response came for a call that was settled, and was not sent (G7). */
  | { readonly type: 'response-suppressed'; readonly call: ToolCall; readonly reason: Settlement }

/** What should happen to responses given by hand. */
export interface MatchedResponses {
  /** What to send, each with its call's name and its id as it was received. */
  readonly responses: readonly FunctionResponse[]
  /** The calls that these are for. */
  readonly sent: readonly CallId[]
  /** Those of them for which nothing more is to follow: to be settled once the responses are sent. */
  readonly final: readonly CallId[]
  /** The calls whose responses must not be sent, because they are already settled. */
  readonly suppressed: readonly { readonly id: CallId; readonly reason: Settlement }[]
}

export interface ToolCallTrackerOptions {
  /** Called with what happens to the calls. Whatever it throws is ignored. */
  readonly onEvent?: (event: ToolCallEvent) => void
}

export interface TrackerSnapshot {
  readonly pending: readonly { readonly id: CallId; readonly name: string }[]
  /** How many calls ended how. */
  readonly settled: { readonly [settlement in Settlement]: number }
}

interface PendingCall {
  readonly call: ToolCall
  readonly abort: ReturnType<typeof newAbortController>
  /** Resolves what waits for the handler, in the handler's stead. */
  readonly interrupted: Promise<FunctionResponse | undefined>
  readonly interrupt: (response?: FunctionResponse) => void
  /** How it ended. */
  as: Settlement | undefined
  /** Its deadline has come. */
  expired: boolean
  /** Its handler is done, and the response waits to be sent. */
  finished: boolean
  /** The response is being sent. */
  sending: boolean
  /** The response that is sent is given by hand. */
  byHand: boolean
}

/** Settled calls that are remembered, to know late results and repeated calls by; a session has some dozens. */
const rememberedCalls = 1000

/**
 * Knows the calls of a session by id: which are pending, their names, how they ended. It runs handlers in such a way that a call is
 * settled whatever the handler does.
 *
 * @example
 * ```ts
 * import { ToolCallTracker } from '@livegate/core'
 *
 * const socket: string[] = []
 * const calls = new ToolCallTracker()
 * const [call] = calls.receive({
 *   functionCalls: [{ id: 'function-call-1', name: 'get_weather', args: { city: 'Dublin' } }],
 * })
 * calls.nameOf('function-call-1') // 'get_weather'
 *
 * if (call) {
 *   await calls.run(
 *     call,
 *     ({ city }) => ({ city, celsius: 12 }),
 *     (response) => socket.push(JSON.stringify({ toolResponse: { functionResponses: [response] } })),
 *   ) // 'answered'; had the handler thrown, the response would say so
 * }
 * ```
 */
export class ToolCallTracker {
  readonly #pending: Map<CallId, PendingCall> = new Map()
  readonly #settled: Map<CallId, { readonly call: ToolCall; readonly as: Settlement }> = new Map()
  readonly #counts: { [settlement in Settlement]: number } = {
    answered: 0,
    cancelled: 0,
    expired: 0,
    lost: 0,
  }
  readonly #tell: (event: ToolCallEvent) => void
  #privateIds = 0
  #epoch = 1

  constructor({ onEvent }: ToolCallTrackerOptions = {}) {
    this.#tell = quietly(onEvent)
  }

  /**
   * Takes in a `toolCall` and returns those of its calls that are new. A call with a known id joins the existing one; an entry that is not
   * a call at all is ignored (G12).
   */
  receive(message: ToolCallMessage): ToolCall[] {
    const received: ToolCall[] = []
    const entries: readonly unknown[] = Array.isArray(message.functionCalls) ? message.functionCalls : []
    for (const call of entries.flatMap((entry) => this.#read(entry) ?? [])) {
      const known = this.#find(call.id)
      if (known?.epoch === call.epoch) {
        this.#tell({ type: 'call-repeated', call: known })
      } else {
        // Of an earlier connection's call with this id nothing is to be known any more (G9).
        this.#settled.delete(call.id)
        this.#pending.set(call.id, newPendingCall(call))
        received.push(call)
      }
    }
    return received
  }

  /** The calls that are pending, oldest first. */
  get pending(): readonly ToolCall[] {
    return [...this.#pending.values()].map(({ call }) => call)
  }

  isPending(id: CallId): boolean {
    return this.#pending.has(id)
  }

  /** The name of a call, pending or settled; `undefined` for an id that was never received. */
  nameOf(id: CallId): string | undefined {
    return this.#find(id)?.name
  }

  /**
   * Runs a handler for a pending call, hands its response to `respond`, and settles the call: in `finally`, so whatever the
   * handler, the encoding or `respond` throws (G3). If the handler throws, the response is an `{ error }`; if its call is settled
   * meanwhile, it is not waited for and its result is suppressed.
   *
   * @returns how the call ended.
   * @throws what `respond` throws, once the call is settled.
   */
  async run(
    call: ToolCall,
    handler: ToolHandler,
    respond: (response: FunctionResponse) => unknown,
  ): Promise<Settlement> {
    const pending = this.#pendingOf(call)
    const response = await this.execute(call, handler)
    try {
      if (response && pending && !pending.as) {
        pending.sending = true
        const sending = respond(response)
        // Without a pause where there is nothing to wait for: a cancellation in it would come for a call that is answered.
        if (sending instanceof Promise) await sending
        this.#answered(pending)
      }
    } finally {
      // Only a call whose response could not be sent is still pending here.
      this.#end(pending, 'lost')
    }
    return pending?.as ?? this.#settled.get(call.id)?.as ?? 'lost'
  }

  /**
   * The first half of {@link run}: runs a handler and resolves to the response to send, or to `undefined` if the call is settled. The call
   * stays pending until {@link settle}, so that several responses can leave in one message. Never rejects.
   */
  async execute(call: ToolCall, handler: ToolHandler): Promise<FunctionResponse | undefined> {
    const pending = this.#pendingOf(call)
    if (!pending) return undefined
    const { signal } = pending.abort
    const { id, name, epoch } = call
    const work = (async () => {
      try {
        return resultToResponse(name, await handler(call.args, { signal, id, name, epoch }))
      } catch (error) {
        return { error: messageOf(error) }
      }
    })()
    const finished = work.then((response) => {
      const late = pending.expired ? 'expired' : pending.as
      if (late) this.#tell({ type: 'response-suppressed', call, reason: late })
      pending.finished = true
      return responseTo(call, response)
    })
    return await Promise.race([pending.interrupted, finished])
  }

  /**
   * Matches the responses of one message, given by hand, to their calls: each is for a pending call (G8), or suppressed. A response without
   * an id goes to the oldest pending call of its name that came without one (Vertex).
   *
   * @throws {LivegateError} `unknown-call` for an id that was never received, `invalid-response` for a response that is no JSON
   * object.
   */
  match(given: readonly FunctionResponse[]): MatchedResponses {
    const responses: FunctionResponse[] = []
    const sent: CallId[] = []
    const final: CallId[] = []
    const suppressed: { id: CallId; reason: Settlement }[] = []
    const events: ToolCallEvent[] = []
    for (const [index, entry] of given.entries()) {
      const { id, response, ...rest } = entry ?? {}
      const field = `functionResponses[${index}]`
      const call = id === undefined ? this.#withoutId(rest.name, final) : this.#find(id)
      const known = this.pending.map((each) => each.wireId ?? each.name)
      mustBe(call, `${field}.id`, `the id of a call (pending: ${known})`, id, 'unknown-call')
      const pending = this.#pending.get(call.id)
      const isAnswered = final.includes(call.id) || pending?.sending
      const reason = isAnswered ? 'answered' : this.#settled.get(call.id)?.as
      if (reason) {
        suppressed.push({ id: call.id, reason })
        events.push({ type: 'response-suppressed', call, reason })
        continue
      }
      const { json, problem = response } = asJson(response)
      const expected = 'an object JSON can carry'
      mustBe(isJsonObject(json), `${field}.response`, expected, problem, 'invalid-response')
      sent.push(call.id)
      responses.push({ ...rest, ...responseTo(call, json) })
      if (rest.willContinue) continue
      final.push(call.id)
    }
    // Told only now: a message that is refused suppresses nothing.
    for (const id of final) Object.assign(this.#pending.get(id) ?? {}, { byHand: true })
    events.forEach(this.#tell)
    return { responses, sent, final, suppressed }
  }

  /** Records that a call's final response was sent. Does nothing for a call that is not pending. */
  settle(id: CallId): void {
    this.#answered(this.#pending.get(id))
  }

  /** The server's `toolCallCancellation`: aborts the signals of these ids, and of no others (G2). Unknown ids are ignored. */
  cancel(ids: readonly CallId[]): void {
    for (const id of ids) this.#end(this.#pending.get(id), 'cancelled')
  }

  /**
   * The deadline of a call has passed: aborts its signal, and {@link execute} resolves to an error response in the handler's stead.
   *
   * @param reason what the response tells the model.
   */
  expire(id: CallId, reason: string): void {
    const pending = this.#pending.get(id)
    if (!pending || pending.finished) return
    pending.expired = true
    stop(pending, 'expired', responseTo(pending.call, { error: reason }))
  }

  /** The connection is gone, or did not take their responses: these calls are lost; by default all that are pending. */
  lose(ids: Iterable<CallId> = [...this.#pending.keys()]): void {
    for (const id of ids) this.#end(this.#pending.get(id), 'lost')
  }

  /** From here on the connection is another one: what is pending is lost, and known ids may come again (G9). */
  reconnect(): void {
    this.lose()
    this.#epoch++
  }

  snapshot(): TrackerSnapshot {
    return { pending: this.pending.map(({ id, name }) => ({ id, name })), settled: { ...this.#counts } }
  }

  #answered(pending: PendingCall | undefined): void {
    this.#end(pending, pending?.expired ? 'expired' : 'answered')
  }

  #end(pending: PendingCall | undefined, as: Settlement): void {
    if (!pending || pending.as) return
    const { call } = pending
    pending.as = as
    this.#pending.delete(call.id)
    this.#settled.set(call.id, { call, as })
    this.#counts[as]++
    if (this.#settled.size > rememberedCalls)
      this.#settled.delete(this.#settled.keys().next().value ?? call.id)
    stop(pending, as)
    // The handler's own response waits for others to leave with it, and will not be sent now.
    if (pending.finished && (pending.byHand || as === 'cancelled' || as === 'lost')) {
      this.#tell({ type: 'response-suppressed', call, reason: as })
    }
    this.#tell({ type: 'call-settled', call, as })
  }

  /** Not of another call that has the id by now. */
  #pendingOf(call: ToolCall): PendingCall | undefined {
    const pending = this.#pending.get(call.id)
    return pending?.call === call ? pending : undefined
  }

  #find(id: CallId): ToolCall | undefined {
    return (this.#pending.get(id) ?? this.#settled.get(id))?.call
  }

  /** The oldest that is pending, else the latest that was: an answer that comes late or again is for that (G7). */
  #withoutId(name: string | undefined, except: readonly CallId[]): ToolCall | undefined {
    const settled = [...this.#settled.values()].reverse()
    return [...this.#pending.values(), ...settled].find(
      ({ call }) =>
        call.wireId === undefined && !except.includes(call.id) && call.name === (name ?? call.name),
    )?.call
  }

  #read(entry: unknown): ToolCall | undefined {
    if (typeof entry !== 'object' || entry === null) return undefined
    const { id, name, args } = entry as { id?: unknown; name?: unknown; args?: unknown }
    const wireId = typeof id === 'string' || typeof id === 'number' ? id : undefined
    return {
      id: wireId ?? `livegate-${++this.#privateIds}`,
      wireId,
      name: typeof name === 'string' ? name : '',
      args: typeof args === 'object' && args !== null ? (args as Record<string, unknown>) : {},
      epoch: this.#epoch,
    }
  }
}

function newPendingCall(call: ToolCall): PendingCall {
  let interrupt: PendingCall['interrupt'] = () => {}
  const interrupted = new Promise<FunctionResponse | undefined>((resolve) => {
    interrupt = resolve
  })
  return {
    call,
    abort: newAbortController(),
    interrupted,
    interrupt,
    as: undefined,
    expired: false,
    finished: false,
    sending: false,
    byHand: false,
  }
}

/** Nobody waits for the handler any more. */
function stop({ call, interrupt, abort }: PendingCall, as: Settlement, response?: FunctionResponse): void {
  interrupt(response)
  abort.abort(new LivegateError('call-settled', call.name, 'pending', as))
}
