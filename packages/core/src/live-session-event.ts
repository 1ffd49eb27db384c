import type { CallId, ToolCall } from './function-call.ts'
import type { GateEvent, GateSnapshot, HoldName } from './input-gate.ts'
import type { Deadlines } from './live-session-options.ts'
import type { SentFrame } from './outbound-tail.ts'
import type { PreRollSnapshot } from './pre-roll.ts'
import type { Settlement, ToolCallEvent } from './tool-call-tracker.ts'

/** How a connection ended, and what was under way then. Holds no content; JSON-serialisable. */
export interface CloseReport {
  readonly epoch: number
  /** What the close frame said; absent where there was none, or where the session was closed from here. */
  readonly code?: number | undefined
  readonly reason?: string | undefined
  /** The calls that were pending, and are lost. */
  readonly pending: readonly { readonly id: CallId; readonly name: string }[]
  /** Inputs that were sent so shortly before the last tool window that they may have met the pending call. */
  readonly sentBeforeWindow: number
  /** The frames that were sent last, oldest first. */
  readonly tail: readonly SentFrame[]
}

/** Everything that a session tells. */
export type LiveSessionEvent =
  | GateEvent
  | ToolCallEvent
  /** The server has taken the setup: what waited for it leaves. */
  | { readonly type: 'setup-complete'; readonly epoch: number }
  /**
   * The gate is shut for calls that block. `sentBefore` inputs left so shortly before that they can have been on their way when the
   * server made the calls; nothing can call them back.
   */
  | { readonly type: 'tool-window-opened'; readonly calls: readonly ToolCall[]; readonly sentBefore: number }
  /** A tenth of the time that the call may be pending is over. */
  | { readonly type: 'call-overdue'; readonly call: ToolCall; readonly pendingMs: number }
  /** A hold was taken off because its time was over, although what it waits for has not come. */
  | { readonly type: 'hold-expired'; readonly hold: HoldName; readonly heldMs: number }
  /** A message could not be sent; where it had responses, their calls are lost. */
  | { readonly type: 'send-failed'; readonly error: unknown }
  /** The session is over. */
  | { readonly type: 'session-closed'; readonly report: CloseReport }

/** The event of a type. */
export type EventOf<Type extends LiveSessionEvent['type']> = Extract<
  LiveSessionEvent,
  { readonly type: Type }
>

/** A call that is pending, as a snapshot shows it. */
export interface PendingCallSnapshot {
  readonly id: CallId
  readonly name: string
  readonly blocks: boolean
  readonly pendingMs: number
  /** How long it may be pending; `Infinity` for ever. */
  readonly limitMs: number
}

/**
 * All there is to know of a session. JSON-serialisable (an `Infinity` becomes `null` there); holds no content and no secret.
 */
export interface LiveSessionSnapshot {
  readonly status: 'connecting' | 'open' | 'closed'
  readonly epoch: number
  /** The name of the profile. */
  readonly profile: string
  readonly gate: GateSnapshot
  /** In manual activity mode. What it keeps or gave up has not been offered to the gate. */
  readonly preRoll: PreRollSnapshot | null
  readonly pending: readonly PendingCallSnapshot[]
  /** How many calls ended how. */
  readonly settled: { readonly [settlement in Settlement]: number }
  /** How long things may take, as the session goes by it. */
  readonly deadlines: Required<Deadlines>
  /** Bytes that wait in the transport, where it tells. */
  readonly bufferedAmount: number
}
