import { type Clock, wakeAfter } from './clock.ts'
import {
  type CallId,
  type FunctionResponse,
  responseTo,
  type ToolCall,
  type ToolCallMessage,
} from './function-call.ts'
import type { InputGate } from './input-gate.ts'
import type { LiveSessionEvent, PendingCallSnapshot } from './live-session-event.ts'
import type { Deadlines } from './live-session-options.ts'
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

/** What became of responses given by hand. */
export type ToolResponseReport = Pick<MatchedResponses, 'sent' | 'suppressed'>

export interface CallRunnerOptions {
  readonly gate: InputGate
  readonly clock: Clock
  readonly tools: ReadonlyMap<string, Tool>
  /** As they are now: a context update declares others. */
  readonly declared: DeclaredTools
  readonly profile: Profile
  readonly deadlines: Required<Deadlines>
  /** Whether responses to the calls of one message that block leave in one message. */
  readonly together: boolean
  /** Throws when nothing can be sent yet. */
  readonly mustBeOpen: () => void
  /** Puts responses on the wire, or throws. */
  readonly send: (functionResponses: readonly FunctionResponse[]) => void
  /** How many inputs left so shortly before now that they may meet a call on the way. */
  readonly sentBefore: () => number
  /** Does what may fail, as a whole, before anything of it is told. */
  readonly orTell: (send: () => void) => void
  readonly tell: (event: LiveSessionEvent) => void
}

/** The name under which pending calls hold the gate. */
const toolCallHold = 'tool-call'

/**
 * Carries out what {@link ToolCallTracker} and tool-window.ts decide of calls: holds the gate for those that block, runs
 * handlers, keeps deadlines, and sends what is to be answered.
 */
export class CallRunner {
  readonly calls: ToolCallTracker
  readonly #options: CallRunnerOptions
  #windows: Windows = new Map()
  #callOffWake: (() => void) | undefined

  constructor(options: CallRunnerOptions) {
    this.#options = options
    this.calls = new ToolCallTracker({
      onEvent: (event) => {
        if (event.type === 'call-settled') this.#endWindow(event.call.id)
        options.tell(event)
      },
    })
  }

  /**
   * Takes in a message of calls; when this returns the gate is shut for those that block.
   *
   * @param ready resolves when responses may leave.
   */
  receive(message: ToolCallMessage, ready: Promise<void> | undefined): void {
    const { gate, sentBefore, tell } = this.#options
    const calls = this.calls.receive(message)
    const windows = calls.map((call) => this.#windowOf(call, message))
    const blocking = windows.filter(({ blocks }) => blocks)
    const isOpening = blocking.length > 0 && ![...this.#windows.values()].some(({ blocks }) => blocks)
    // All holds first: a handler may answer before the next call of the message has been looked at (G1).
    for (const { call } of blocking) gate.hold(toolCallHold, call.id)
    this.#setWindows(
      new Map([...this.#windows, ...windows.map((window) => [window.call.id, window] as const)]),
    )
    if (isOpening) {
      tell({ type: 'tool-window-opened', calls: blocking.map(({ call }) => call), sentBefore: sentBefore() })
    }
    for (const window of windows) void this.#run(window, ready)
  }

  /** Responses by hand: see `LiveSession.sendToolResponse`. */
  answer(given: unknown): ToolResponseReport {
    const list: readonly FunctionResponse[] = Array.isArray(given) ? given : [given]
    mustBe(list.length > 0, 'functionResponses', 'at least one response', given, 'invalid-response')
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

  /** A call with what is decided when it comes: whether it blocks (G10), how long it may take, who is answered with it. */
  #windowOf(call: ToolCall, message: ToolCallMessage): CallWindow {
    const { profile, declared, together, clock, deadlines } = this.#options
    const tool = this.#toolOf(call)
    const blocks = callBlocks(profile, tool?.behavior ?? declared.behaviors.get(call.name))
    return {
      call,
      tool,
      blocks,
      batch: tool && blocks && together ? message : call,
      sinceMs: clock.now(),
      limitMs: tool?.timeoutMs ?? deadlines[tool ? 'handlerMs' : 'byHandMs'],
      stage: 0,
    }
  }

  #toolOf({ name }: ToolCall): Tool | undefined {
    const {
      declared: { namesAll, behaviors },
      tools,
    } = this.#options
    const tool = tools.get(name)
    if (tool || !namesAll || tools.size === 0 || behaviors.has(name)) return tool
    const known = [...behaviors.keys()].join(', ')
    return {
      handler: () => {
        throw new Error(`there is no tool ${name}; the tools are ${known}`)
      },
    }
  }

  #setWindows(windows: Windows): void {
    const { clock } = this.#options
    this.#windows = windows
    this.#callOffWake?.()
    this.#callOffWake = wakeAfter(clock, nextWakeMs(windows) - clock.now(), () => this.#wake())
  }

  #endWindow(id: CallId): void {
    const windows = new Map(this.#windows)
    const isShut = windows.get(id)?.blocks
    windows.delete(id)
    this.#setWindows(windows)
    if (isShut) this.#options.gate.hold(toolCallHold, id).release()
  }

  #wake(): void {
    const { windows, overdue, due } = afterTime(this.#windows, this.#options.clock.now())
    this.#setWindows(windows)
    for (const { call, limitMs } of overdue) {
      this.#options.tell({ type: 'call-overdue', call, pendingMs: limitMs * overduePart })
    }
    for (const { call, limitMs, batch } of due) {
      this.calls.expire(call.id, `${call.name} gave no result within ${limitMs / 1000} s`)
      this.#sendDue(batch)
    }
  }

  /** What the tracker runs for a call; for one that is answered by hand, what only its deadline ends. */
  #handlerOf({ call, tool, blocks }: CallWindow): ToolHandler {
    if (!tool) return () => new Promise(() => {})
    const report = (progress: unknown): void => {
      if (blocks || this.#windows.get(call.id)?.call !== call) return
      const response = { ...responseTo(call, resultToResponse(call.name, progress)), willContinue: true }
      this.#options.orTell(() => this.#respond([scheduled(tool, response)], []))
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

  /** Sends what is due of a batch, before the gate opens (G6). */
  #sendDue(batch: unknown): void {
    const due = dueTogether(this.#windows, batch)
    const responses = due.flatMap(({ response }) => response ?? [])
    const ids = due.map(({ call }) => call.id)
    if (due.length > 0) this.#options.orTell(() => this.#respond(responses, ids))
  }

  /** Sends responses and settles their calls, in this order, so that the gate opens behind them (G6). */
  #respond(functionResponses: readonly FunctionResponse[], final: Iterable<CallId>): void {
    this.#options.mustBeOpen()
    try {
      this.#options.send(functionResponses)
    } catch (error) {
      // Nobody will hear of these any more, and the gate must not wait for them (G3).
      this.calls.lose(final)
      throw error
    }
    for (const id of final) this.calls.settle(id)
  }
}

/** The response as the tool wants it taken up; of a call that blocks the model takes it up anyway. */
function scheduled(tool: Tool | undefined, response: FunctionResponse): FunctionResponse {
  return tool?.scheduling ? { ...response, scheduling: tool.scheduling } : response
}
