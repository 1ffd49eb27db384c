import type { Deadlines } from './deadlines.ts'
import type { CallId, ToolCall } from './function-call.ts'
import type { GateEvent, GateSnapshot, HoldName } from './input-gate.ts'
import type { SentFrame } from './outbound-tail.ts'
import type { PreRollSnapshot } from './pre-roll.ts'
import type { Settlement, ToolCallEvent } from './tool-call-tracker.ts'

/** How a session ended, and what was going on at the time. Holds no content; JSON-serialisable. */
export interface CloseReport {
  readonly epoch: number
  /** The code of the close frame, or 1006 for a connection that ended without one; absent if this side closed it or gave it up. */
  readonly code?: number | undefined
  readonly reason?: string | undefined
  /** The calls that were pending and are lost. */
  readonly pending: readonly { readonly id: CallId; readonly name: string }[]
  /** Inputs sent so shortly before the last tool window that they may have reached the server during the call. */
  readonly sentBeforeWindow: number
  /** The last frames that were sent, oldest first. */
  readonly tail: readonly SentFrame[]
}

/** Everything that a session reports. */
export type LiveSessionEvent =
  | GateEvent
  | ToolCallEvent
  /** The server has accepted the setup; the backlog leaves. */
  | { readonly type: 'setup-complete'; readonly epoch: number }
  /**
   * The gate is shut for blocking calls. `sentBefore` inputs were sent so recently that they may have crossed the calls on the wire;
   * they cannot be recalled.
   */
  | { readonly type: 'tool-window-opened'; readonly calls: readonly ToolCall[]; readonly sentBefore: number }
  /** A tenth of the time that the call may take is over. */
  | { readonly type: 'call-overdue'; readonly call: ToolCall; readonly pendingMs: number }
  /** A hold reached its limit and was released, although what it waited for has not happened. */
  | { readonly type: 'hold-expired'; readonly hold: HoldName; readonly heldMs: number }
  /** A message could not be sent; if it carried responses, their calls are lost. */
  | { readonly type: 'send-failed'; readonly error: unknown }
  /** A listener threw, or rejected. Not reported for a listener of this event. */
  | { readonly type: 'listener-failed'; readonly error: unknown }
  /** The session is over. */
  | { readonly type: 'session-closed'; readonly report: CloseReport }

/** The event of a type. */
export type EventOf<Type extends LiveSessionEvent['type']> = Extract<
  LiveSessionEvent,
  { readonly type: Type }
>

/** A pending call, as a snapshot shows it. */
export interface PendingCallSnapshot {
  readonly id: CallId
  readonly name: string
  /** Whether it holds the gate. */
  readonly blocks: boolean
  /** Milliseconds since it arrived. */
  readonly pendingMs: number
  /** How long it may stay pending; `Infinity` for ever. */
  readonly limitMs: number
}

/**
 * Everything there is to know about a session. JSON-serialisable (`Infinity` becomes `null`); holds no content and no secret.
 */
export interface LiveSessionSnapshot {
  readonly status: 'connecting' | 'open' | 'closed'
  readonly epoch: number
  /** The name of the profile. */
  readonly profile: string
  readonly gate: GateSnapshot
  /** Only in manual activity mode. What it keeps or drops is not counted by the gate. */
  readonly preRoll: PreRollSnapshot | null
  readonly pending: readonly PendingCallSnapshot[]
  /** The number of calls that ended in each way. */
  readonly settled: { readonly [settlement in Settlement]: number }
  /** The deadlines of this session. `AllDeadlines` is not exported, and a library's declarations could not name it. */
  readonly deadlines: { readonly [name in keyof Deadlines]-?: number }
  /** Bytes that wait in the transport; 0 if it does not tell. */
  readonly bufferedAmount: number
}
