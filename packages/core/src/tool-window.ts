import type { CallId, FunctionResponse, ToolCall } from './function-call.ts'
import type { Tool } from './tool.ts'

/** What there is of a pending call beside the call itself. */
export interface CallWindow {
  readonly call: ToolCall
  /** What runs; `undefined` for a call that is answered by hand. */
  readonly tool: Tool | undefined
  /** Whether the gate is shut for it. */
  readonly blocks: boolean
  /** Calls that have the same are answered in one message. */
  readonly batch: unknown
  readonly sinceMs: number
  /** How long it may be pending; `Infinity` for ever. */
  readonly limitMs: number
  /** 0 at first, 1 once it is overdue, 2 once its deadline has come. */
  readonly stage: number
  /** What the handler made, waiting for the others of its batch. */
  readonly response?: FunctionResponse
}

/** The pending calls of a session, by id, oldest first. Facts make new ones of them; nothing changes in place. */
export type Windows = ReadonlyMap<CallId, CallWindow>

/** The part of a call's time after which it is told to be overdue. */
export const overduePart = 0.1

/** The part of a call's time at which each stage ends. */
const stageEnds = [overduePart, 1, Number.POSITIVE_INFINITY]

function stageEndsAtMs({ sinceMs, limitMs }: CallWindow, stage: number): number {
  // The last has no end that comes.
  return sinceMs + limitMs * (stageEnds[stage] as number)
}

/** When time makes a difference next; `Infinity` when it makes none. */
export function nextWakeMs(windows: Windows): number {
  return Math.min(...[...windows.values()].map((window) => stageEndsAtMs(window, window.stage)))
}

/** Time has gone by: which calls are overdue now, and of which the deadline has come. */
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

/** The handler of a call is done. */
export function afterResponse(windows: Windows, call: ToolCall, response: FunctionResponse): Windows {
  const window = windows.get(call.id)
  return window?.call === call ? new Map(windows).set(call.id, { ...window, response }) : windows
}

/**
 * The calls of a batch whose responses are to leave now: all, once there are all; or what there is of them when the deadline of one
 * has come: it does not wait for the others (G3), only for those whose deadline has come as well, whose errors are on the way.
 */
export function dueTogether(windows: Windows, batch: unknown): readonly CallWindow[] {
  const calls = [...windows.values()].filter((window) => window.batch === batch)
  const late = calls.filter(({ stage }) => stage === 2)
  const needed = late[0] ? late : calls
  return needed.every(({ response }) => response) ? calls.filter(({ response }) => response) : []
}
