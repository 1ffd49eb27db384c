import type { CallId, FunctionResponse, ToolCall } from './function-call.ts'
import type { Tool } from './tool.ts'

/** A pending call, and what the session decided about it. */
export interface CallWindow {
  readonly call: ToolCall
  /** `undefined` for a call that is answered by hand. */
  readonly tool: Tool | undefined
  /** Whether the gate is shut for it. */
  readonly blocks: boolean
  /** Calls with the same batch are answered in one message. */
  readonly batch: unknown
  readonly sinceMs: number
  /** How long it may be pending; `Infinity` for ever. */
  readonly limitMs: number
  /** 0 at first, 1 once the call is overdue, 2 once its deadline has come. */
  readonly stage: number
  /** The response to send, which waits for the others of its batch. */
  readonly response?: FunctionResponse
}

/** The pending calls of a session, by id, oldest first. Never changed in place: each fact makes a new map. */
export type Windows = ReadonlyMap<CallId, CallWindow>

/** The part of a call's time after which it is reported as overdue. */
export const overduePart = 0.1

/** The part of a call's time at which each stage ends. */
const stageEnds = [overduePart, 1, Infinity]

function stageEndsAtMs({ sinceMs, limitMs }: CallWindow, stage: number): number {
  // The last stage never ends.
  return sinceMs + limitMs * (stageEnds[stage] as number)
}

/** When the next stage ends; `Infinity` if none does. */
export function nextWakeMs(windows: Windows): number {
  return Math.min(...[...windows.values()].map((window) => stageEndsAtMs(window, window.stage)))
}

/** The calls after some time: which have become overdue, and for which the deadline has come. */
export function afterTime(
  windows: Windows,
  nowMs: number,
): {
  readonly windows: Windows
  readonly overdue: readonly CallWindow[]
  readonly due: readonly CallWindow[]
} {
  const overdue: CallWindow[] = []
  const due: CallWindow[] = []
  const next = new Map<CallId, CallWindow>()
  for (const [id, window] of windows) {
    let { stage } = window
    while (stageEndsAtMs(window, stage) <= nowMs) (stage++ === 0 ? overdue : due).push(window)
    next.set(id, { ...window, stage })
  }
  return { windows: next, overdue, due }
}

/** The calls after one has got its response. */
export function afterResponse(windows: Windows, call: ToolCall, response: FunctionResponse): Windows {
  const window = windows.get(call.id)
  return window?.call === call ? new Map(windows).set(call.id, { ...window, response }) : windows
}

/**
 * The calls of a batch whose responses leave now. Usually that is all of them, once each has its response. When the deadline of one has
 * come, it waits only for those whose deadline has come as well, and the responses that there are leave with it (G3).
 */
export function dueTogether(windows: Windows, batch: unknown): readonly CallWindow[] {
  const calls = [...windows.values()].filter((window) => window.batch === batch)
  const late = calls.filter(({ stage }) => stage === 2)
  const needed = late[0] ? late : calls
  return needed.every(({ response }) => response) ? calls.filter(({ response }) => response) : []
}
