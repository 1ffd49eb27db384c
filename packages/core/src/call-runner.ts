import { type Clock, wakeAfter } from './clock.ts'
import type { AllDeadlines } from './deadlines.ts'
import {
  type CallId,
  type FunctionResponse,
  responseTo,
  type ToolCall,
  type ToolCallMessage,
} from './function-call.ts'
import type { InputGate } from './input-gate.ts'
import type { LiveSessionEvent, PendingCallSnapshot } from './live-session-event.ts'
import { mustBe } from './livegate-error.ts'
import { callBlocks, type Profile } from './profile.ts'
import type { DeclaredTools } from './setup.ts'
import { runTool, type Tool } from './tool.ts'
import { type MatchedResponses, ToolCallTracker, type ToolHandler } from './tool-call-tracker.ts'
import { resultToResponse } from './tool-result.ts'
import {
  afterResponse,
  afterTime,
  type CallWindow,
  dueTogether,
  nextWakeMs,
  overduePart,
  type Windows,
} from './tool-window.ts'

/** What happened to responses given by hand. */
export type ToolResponseReport = Pick<MatchedResponses, 'sent' | 'suppressed'>

export interface CallRunnerOptions {
  readonly gate: InputGate
  readonly clock: Clock
  readonly tools: ReadonlyMap<string, Tool>
  /** Changes in place with a context update. */
  readonly declared: DeclaredTools
  readonly profile: Profile
  readonly deadlines: AllDeadlines
  /** Whether the responses to the blocking calls of one message leave in one message. */
  readonly responses: 'together' | 'alone'
  /** Throws while the connection is not set up. */
  readonly mustBeOpen: () => void
  /** Puts responses on the wire, or throws. */
  readonly send: (functionResponses: readonly FunctionResponse[]) => void
  /** How many inputs were sent so recently that they may have crossed a call that arrives now. */
  readonly sentBefore: () => number
  /** Sends what no caller waits for: a failure becomes an event. Events are delivered only once all of it is done. */
  readonly trySend: (send: () => void) => void
  readonly emit: (event: LiveSessionEvent) => void
}

/** The name of the holds that pending calls have on the gate. */
const toolCallHold = 'tool-call'

/**
 * Carries out what {@link ToolCallTracker} and tool-window.ts decide about calls: holds the gate for those that block, runs handlers,
 * keeps deadlines, and sends the responses.
 */
export class CallRunner {
  declare readonly calls: ToolCallTracker
  readonly #options: CallRunnerOptions
  #windows: Windows = new Map()
  #cancelWake: (() => void) | undefined

  constructor(options: CallRunnerOptions) {
    this.#options = options
    this.calls = new ToolCallTracker({
      onEvent: (event) => {
        if (event.type === 'call-settled') this.#endWindow(event.call)
        options.emit(event)
      },
    })
  }

  /**
   * Takes in a `toolCall`; when this returns, the gate is shut for the calls that block.
   *
   * @param ready resolves when responses may be sent.
   */
  receive(message: ToolCallMessage, ready: Promise<void> | undefined): void {
    const calls = this.calls.receive(message)
    const windows = calls.map((call) => this.#windowOf(call, message))
    const blocking = windows.filter(({ blocks }) => blocks)
    const isOpening = blocking.length > 0 && ![...this.#windows.values()].some(({ blocks }) => blocks)
    // All holds come first: a handler may answer at once, and the gate must not open between two calls of one message (G1).
    for (const { call } of blocking) this.#options.gate.hold(toolCallHold, call.id)
    this.#setWindows(
      new Map([...this.#windows, ...windows.map((window) => [window.call.id, window] as const)]),
    )
    if (isOpening) {
      this.#options.emit({
        type: 'tool-window-opened',
        calls: blocking.map(({ call }) => call),
        sentBefore: this.#options.sentBefore(),
      })
    }
    for (const window of windows) void this.#run(window, ready)
  }

  /** Responses by hand: see `LiveSession.sendToolResponse`. */
  answer(given: unknown = []): ToolResponseReport {
    const list: readonly FunctionResponse[] = Array.isArray(given) ? given : [given]
    mustBe(list.length > 0, 'functionResponses', 'at least one response', given, 'invalid-response')
    // A response that cannot be sent yet changes nothing.
    if (this.calls.pending.length > 0) this.#options.mustBeOpen()
    const { responses, final, ...report } = this.calls.match(list)
    if (responses.length > 0) this.#respond(responses, final)
    return report
  }

  /** The pending calls, oldest first. */
  snapshot(): PendingCallSnapshot[] {
    const nowMs = this.#options.clock.now()
    return [...this.#windows.values()].map(({ call: { id, name }, blocks, sinceMs, limitMs }) => ({
      id,
      name,
      blocks,
      pendingMs: nowMs - sinceMs,
      limitMs,
    }))
  }

  /** What is decided when a call arrives: whether it blocks (G10), how long it may take, and with which calls it is answered. */
  #windowOf(call: ToolCall, message: ToolCallMessage): CallWindow {
    const tool = this.#toolOf(call)
    const blocks = callBlocks(
      this.#options.profile,
      tool?.behavior ?? this.#options.declared.behaviors.get(call.name),
    )
    return {
      call,
      tool,
      blocks,
      batch: tool && blocks && this.#options.responses === 'together' ? message : call,
      sinceMs: this.#options.clock.now(),
      limitMs: tool?.timeoutMs ?? this.#options.deadlines[tool ? 'handlerMs' : 'byHandMs'],
      stage: 0,
    }
  }

  #toolOf({ name }: ToolCall): Tool | undefined {
    const {
      declared: { namesAll, behaviors },
      tools,
    } = this.#options
    const tool = tools.get(name)
    if (tool || !namesAll || !tools.size || behaviors.has(name)) return tool
    const known = [...behaviors.keys()].join(', ')
    return {
      handler: () => {
        throw new Error(`there is no tool ${name}; the tools are ${known}`)
      },
    }
  }

  #setWindows(windows: Windows): void {
    this.#windows = windows
    this.#cancelWake?.()
    const delayMs = nextWakeMs(windows) - this.#options.clock.now()
    // As one change, because a listener may go on with another connection.
    this.#cancelWake = wakeAfter(this.#options.clock, delayMs, () =>
      this.#options.trySend(() => this.#wake()),
    )
  }

  #endWindow(call: ToolCall): void {
    const { id } = call
    const ended = this.#windows.get(id)
    // The id may be that of a call of a later connection by now (G9).
    if (ended?.call !== call) return
    const windows = new Map(this.#windows)
    windows.delete(id)
    this.#setWindows(windows)
    if (ended.blocks) this.#options.gate.hold(toolCallHold, id).release()
  }

  #wake(): void {
    const { windows, overdue, due } = afterTime(this.#windows, this.#options.clock.now())
    this.#setWindows(windows)
    for (const { call, limitMs } of overdue) {
      this.#options.emit({ type: 'call-overdue', call, pendingMs: limitMs * overduePart })
    }
    for (const { call, limitMs, batch } of due) {
      this.calls.expire(call.id, `${call.name} gave no result within ${limitMs / 1000} s`)
      this.#sendDue(batch)
    }
  }

  /** What the tracker runs for a call. For a call that is answered by hand it never ends: the answer or the deadline ends the call. */
  #handlerOf({ call, tool, blocks }: CallWindow): ToolHandler {
    if (!tool) return () => new Promise(() => {})
    const report = (progress: unknown): void => {
      if (blocks || !this.calls.isPending(call.id) || this.#windows.get(call.id)?.call !== call) return
      const response = { ...responseTo(call, resultToResponse(call.name, progress)), willContinue: true }
      this.#options.trySend(() => this.#respond([scheduled(tool, response)], []))
    }
    return (args, context) => runTool(tool, args, { ...context, report })
  }

  async #run(window: CallWindow, ready: Promise<void> | undefined): Promise<void> {
    const { call, tool, blocks, batch } = window
    const response = await this.calls.execute(call, this.#handlerOf(window))
    await ready
    if (response) {
      this.#windows = afterResponse(this.#windows, call, blocks ? response : scheduled(tool, response))
    }
    this.#sendDue(batch)
  }

  /** Sends the responses of a batch that are due, before the gate opens (G6). */
  #sendDue(batch: unknown): void {
    const due = dueTogether(this.#windows, batch)
    const responses = due.map(({ response }) => response as FunctionResponse)
    const ids = due.map(({ call }) => call.id)
    if (due.length > 0) this.#options.trySend(() => this.#respond(responses, ids))
  }

  /** Sends responses and settles their calls, in this order, so that the gate opens behind them (G6). */
  #respond(functionResponses: readonly FunctionResponse[], final: Iterable<CallId>): void {
    this.#options.mustBeOpen()
    try {
      this.#options.send(functionResponses)
    } catch (error) {
      // These calls will get no response any more, and the gate must not wait for them (G3).
      this.calls.lose(final)
      throw error
    }
    this.calls.settle(...final)
  }
}

/** The response with the tool's `scheduling`, which has a meaning only for calls that do not block. */
function scheduled(tool: Tool | undefined, response: FunctionResponse): FunctionResponse {
  return tool?.scheduling ? { ...response, scheduling: tool.scheduling } : response
}
