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
import { typeName } from './type-name.ts'

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

/** Runs a tool. What it returns or throws becomes the response. */
export type ToolHandler = (args: Record<string, unknown>, context: HandlerContext) => unknown

/** What happened to a call after it was received. */
export type ToolCallEvent =
  | { readonly type: 'call-settled'; readonly call: ToolCall; readonly as: Settlement }
  /** The server sent a call again, and it was ignored (G7). */
  | { readonly type: 'call-repeated'; readonly call: ToolCall }
  /** A result or response came for a call that was settled already, or was being answered, and was not sent (G7). */
  | { readonly type: 'response-suppressed'; readonly call: ToolCall; readonly reason: Settlement }

/** What to do with responses given by hand. */
export interface MatchedResponses {
  /** What to send, each with its call's name and its id as it was received. */
  readonly responses: readonly FunctionResponse[]
  /** The calls that `responses` are for. */
  readonly sent: readonly CallId[]
  /** Those of `sent` whose response is the last one: settle them once the responses are sent. */
  readonly final: readonly CallId[]
  /** The calls whose responses must not be sent, because they are settled already, or being answered. */
  readonly suppressed: readonly { readonly id: CallId; readonly reason: Settlement }[]
}

/** The options of a tracker. All are optional. */
export interface ToolCallTrackerOptions {
  /** Called with what happens to the calls. Whatever it throws is ignored. */
  readonly onEvent?: ((event: ToolCallEvent) => void) | undefined
}

/** Everything there is to know about a tracker, without arguments and results. JSON-serialisable. */
export interface TrackerSnapshot {
  readonly pending: readonly { readonly id: CallId; readonly name: string }[]
  /** The number of calls that ended in each way. */
  readonly settled: { readonly [settlement in Settlement]: number }
}

interface PendingCall {
  readonly call: ToolCall
  readonly controller: ReturnType<typeof newAbortController>
  /** Resolves when the call no longer waits for its handler, to the response to send in its place, if any. */
  readonly interrupted: Promise<FunctionResponse | undefined>
  readonly interrupt: (response?: FunctionResponse) => void
  /** How it ended. */
  as?: Settlement
  /** Its deadline has come. */
  isExpired?: true
  /** Its handler is done, and the response waits to be sent. */
  isFinished?: true
  /** Whose final response is being sent. */
  answeredBy?: 'handler' | 'hand'
}

/**
 * How many settled calls are remembered, to recognise late results and repeated calls. Just as many can be pending. A session has some
 * dozens; the bound keeps a server from taking time and memory without end.
 */
const rememberedCalls = 1000

/**
 * Tracks the calls of a session by id: which are pending, their names, how they ended. It runs handlers so that every call is settled,
 * whatever the handler does.
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
  readonly #emit: (event: ToolCallEvent) => void
  #privateIds = 0
  #epoch = 1

  constructor({ onEvent }: ToolCallTrackerOptions = {}) {
    this.#emit = quietly(onEvent)
  }

  /**
   * Takes in a `toolCall` and returns the calls that are new. A call whose id came before on the same connection is reported as repeated;
   * an entry that is not an object is ignored (G12), and so is a call while 1000 are pending.
   */
  receive(message: ToolCallMessage): ToolCall[] {
    const received: ToolCall[] = []
    const entries: readonly unknown[] = Array.isArray(message.functionCalls) ? message.functionCalls : []
    for (const entry of entries) {
      // One by one, because a listener may go on with another connection.
      const call = this.#read(entry)
      if (!call) continue
      const known = this.#find(call.id)
      if (known?.epoch === call.epoch) {
        this.#emit({ type: 'call-repeated', call: known })
      } else if (this.#pending.size < rememberedCalls) {
        // The id may be that of a call of an earlier connection, which is forgotten now (G9).
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

  /** Whether the call was received and is not settled. */
  isPending(id: CallId): boolean {
    return this.#pending.has(id)
  }

  /** The name of a call, pending or settled; `undefined` for an id that was never received. */
  nameOf(id: CallId): string | undefined {
    return this.#find(id)?.name
  }

  /**
   * Runs a handler for a pending call, passes its response to `respond`, and settles the call in `finally`, whatever the handler, the
   * encoding or `respond` throws (G3). If the handler throws, the response is an `{ error }`. If the call is settled meanwhile, the handler
   * is not waited for, and its result is suppressed.
   *
   * @returns how the call ended; `answered` also while another response to it is being sent.
   * @throws what `respond` throws, once the call is settled.
   */
  async run(
    call: ToolCall,
    handler: ToolHandler,
    respond: (response: FunctionResponse) => unknown,
  ): Promise<Settlement> {
    const pending = this.#pendingOf(call)
    const response = await this.execute(call, handler)
    if (!response || !pending || pending.as) return pending?.as ?? this.#settled.get(call.id)?.as ?? 'lost'
    if (pending.answeredBy) {
      // Another response is on its way. `settle` reports the suppression of this one, unless it comes from another `run`.
      if (pending.answeredBy === 'handler')
        this.#emit({ type: 'response-suppressed', call, reason: 'answered' })
      return 'answered'
    }
    pending.answeredBy = 'handler'
    try {
      const sending = respond(response)
      // Awaiting anything else would leave a moment in which a call that has been answered can be cancelled.
      if (sending instanceof Promise) await sending
      if (!pending.as) this.settle(call.id)
    } finally {
      // A call that is still pending here got no response, because `respond` threw.
      if (!pending.as) this.lose([call.id])
    }
    return pending.as ?? 'lost'
  }

  /**
   * Does the first half of {@link run}: runs a handler and resolves to the response to send, or to `undefined` if the call is settled. The
   * call stays pending until {@link settle}, so that several responses can leave in one message. Never rejects.
   */
  async execute(call: ToolCall, handler: ToolHandler): Promise<FunctionResponse | undefined> {
    const pending = this.#pendingOf(call)
    if (!pending) return undefined
    const { signal } = pending.controller
    const { id, name, epoch } = call
    const work = async (): Promise<FunctionResponse> => {
      let response: Record<string, unknown>
      try {
        response = resultToResponse(name, await handler(call.args, { signal, id, name, epoch }))
      } catch (error) {
        response = { error: messageOf(error) }
      }
      const late = pending.isExpired ? 'expired' : pending.as
      if (late) this.#emit({ type: 'response-suppressed', call, reason: late })
      pending.isFinished = true
      return responseTo(call, response)
    }
    return Promise.race([pending.interrupted, work()])
  }

  /**
   * Matches the responses of one message, given by hand, to their calls, whose names and ids they get (G8). A response to a call that is
   * settled, or being answered, is suppressed (G7); one without an id is for the oldest pending call of its name that came without one
   * (Vertex). If sending them fails, call {@link lose} with `final`.
   *
   * @throws {LivegateError} `unknown-call` for an id that was never received, `invalid-response` for a response that is not a JSON
   * object.
   */
  match(given: readonly FunctionResponse[]): MatchedResponses {
    const responses: FunctionResponse[] = []
    const sent: CallId[] = []
    const final: CallId[] = []
    const suppressed: { id: CallId; reason: Settlement }[] = []
    const events: ToolCallEvent[] = []
    for (const [index, entry] of given.entries()) {
      const field = `functionResponses[${index}]`
      const { json, problem } = asJson(entry)
      mustBe(problem === undefined, field, 'an object JSON can carry', problem, 'invalid-response')
      const { id, response, ...rest } = (json ?? {}) as FunctionResponse
      const call = id == null ? this.#withoutId(rest.name, final) : this.#find(id)
      const known = this.pending.map((each) => each.wireId ?? each.name)
      mustBe(call, `${field}.id`, `the id of a call (pending: ${known})`, id, 'unknown-call')
      const pending = this.#pending.get(call.id)
      const isAnswered = final.includes(call.id) || pending?.answeredBy
      const reason = isAnswered ? 'answered' : this.#settled.get(call.id)?.as
      if (reason) {
        suppressed.push({ id: call.id, reason })
        events.push({ type: 'response-suppressed', call, reason })
        continue
      }
      mustBe(isJsonObject(response), `${field}.response`, 'an object', typeName(response), 'invalid-response')
      sent.push(call.id)
      responses.push({ ...rest, ...responseTo(call, response) })
      if (rest.willContinue) continue
      final.push(call.id)
    }
    // Only now that no entry was refused: a message that throws changes nothing.
    for (const id of final) Object.assign(this.#pending.get(id) ?? {}, { answeredBy: 'hand' })
    events.forEach(this.#emit)
    return { responses, sent, final, suppressed }
  }

  /** Records that the final responses to these calls were sent. Does nothing for a call that is not pending. */
  settle(...ids: readonly CallId[]): void {
    this.#end(ids)
  }

  /** Takes in a `toolCallCancellation`: cancels the calls with these ids, and no others (G2). Unknown ids are ignored. */
  cancel(ids: readonly CallId[]): void {
    this.#end(ids, 'cancelled')
  }

  /**
   * Gives up a call whose deadline has passed: aborts its signal, and {@link execute} resolves to an error response in place of the
   * handler's.
   *
   * @param reason what the response tells the model.
   */
  expire(id: CallId, reason: string): void {
    const pending = this.#pending.get(id)
    if (!pending || pending.isFinished) return
    pending.isExpired = true
    pending.interrupt(responseTo(pending.call, { error: reason }))
    abort(pending, 'expired')
  }

  /** Records that calls are lost, by default all that are pending: their connection is gone, or did not take their responses. */
  lose(ids: Iterable<CallId> = [...this.#pending.keys()]): void {
    this.#end(ids, 'lost')
  }

  /** Goes on with another connection: pending calls are lost, and ids of earlier calls may come again (G9). */
  reconnect(): void {
    // First, because whoever hears that a call is lost may go on with the connection after this one.
    this.#epoch++
    this.lose()
  }

  /** The calls that are pending, and how many ended in each way. */
  snapshot(): TrackerSnapshot {
    return { pending: this.pending.map(({ id, name }) => ({ id, name })), settled: { ...this.#counts } }
  }

  /** @param given how they ended; by default they got their final response. */
  #end(ids: Iterable<CallId>, given?: Settlement): void {
    const ended: (readonly [PendingCall, Settlement])[] = []
    for (const id of ids) {
      const pending = this.#pending.get(id)
      if (!pending) continue
      const as = given ?? (pending.isExpired ? 'expired' : 'answered')
      ended.push([pending, as])
      pending.as = as
      this.#pending.delete(id)
      this.#settled.set(id, { call: pending.call, as })
      this.#counts[as]++
      const [oldest = id] = this.#settled.keys()
      if (this.#settled.size > rememberedCalls) this.#settled.delete(oldest)
    }
    // Only now that all are over: whoever hears that one is may answer another.
    for (const [pending, as] of ended) {
      const { call } = pending
      pending.interrupt()
      // The handler's response was waiting for those of other calls, and will not be sent now.
      if (pending.isFinished && (pending.answeredBy === 'hand' || as === 'cancelled' || as === 'lost')) {
        this.#emit({ type: 'response-suppressed', call, reason: as })
      }
      this.#emit({ type: 'call-settled', call, as })
    }
    // Only now that all is told: a handler may go on with another connection, whose calls may have the same ids.
    for (const [pending, as] of ended) {
      // A handler whose own response was sent may go on with what it has begun.
      if (as !== 'answered' || !pending.isFinished || pending.answeredBy === 'hand') abort(pending, as)
    }
  }

  /** `undefined` also when another call has the id by now. */
  #pendingOf(call: ToolCall): PendingCall | undefined {
    const pending = this.#pending.get(call.id)
    return pending?.call === call ? pending : undefined
  }

  #find(id: CallId): ToolCall | undefined {
    return (this.#pending.get(id) ?? this.#settled.get(id))?.call
  }

  /**
   * The oldest such call that waits for a response, else one that is being answered, else the one that was settled last: a late or
   * repeated response is for that one (G7).
   */
  #withoutId(name: string | undefined, except: readonly CallId[]): ToolCall | undefined {
    const pending = [...this.#pending.values()]
    const waiting = pending.filter(({ answeredBy }) => !answeredBy)
    const settled = [...this.#settled.values()].reverse()
    return [...waiting, ...pending, ...settled].find(
      ({ call }) =>
        call.wireId === undefined && !except.includes(call.id) && call.name === (name ?? call.name),
    )?.call
  }

  #read(entry: unknown): ToolCall | undefined {
    if (!isJsonObject(entry)) return undefined
    const { id, name, args } = entry
    const wireId = typeof id === 'string' || typeof id === 'number' ? id : undefined
    return {
      id: wireId ?? `livegate-${++this.#privateIds}`,
      wireId,
      name: typeof name === 'string' ? name : '',
      args: ((typeof args === 'object' && args) || {}) as Record<string, unknown>,
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
    controller: newAbortController(),
    interrupted,
    interrupt,
  }
}

/** Tells the handler that its result is no longer needed. */
function abort({ call, controller }: PendingCall, as: Settlement): void {
  controller.abort(new LivegateError('call-settled', call.name, 'pending', as))
}
