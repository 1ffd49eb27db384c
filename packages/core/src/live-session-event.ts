import type { CallId, ToolCall } from './function-call.ts'
import type { GateEvent, GateSnapshot, HoldName } from './input-gate.ts'
import type { Deadlines } from './live-session-options.ts'
import type { SentFrame } from './outbound-tail.ts'
import type { PreRollSnapshot } from './pre-roll.ts'
import type { Settlement, ToolCallEvent } from './tool-call-tracker.ts'

/** How a connection ended, and what was under way at the time. Holds no content; JSON-serialisable. */
export interface CloseReport {
  readonly epoch: number
  /** What the close frame said; absent if there was none, or if the session was closed from this side. */
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
  /** The server has accepted the setup: what waited for it leaves. */
  | { readonly type: 'setup-complete'; readonly epoch: number }
  /**
   * The gate is shut for calls that block. `sentBefore` inputs left so shortly before that they may have been on their way when the
   * server made the calls; nothing can call them back.
   */
  | { readonly type: 'tool-window-opened'; readonly calls: readonly ToolCall[]; readonly sentBefore: number }
  /** A tenth of the time the call may be pending is over. */
  | { readonly type: 'call-overdue'; readonly call: ToolCall; readonly pendingMs: number }
  /** A hold was released because its time was up, although what it waited for has not happened. */
  | { readonly type: 'hold-expired'; readonly hold: HoldName; readonly heldMs: number }
  /** A message could not be sent; if it carried responses, their calls are lost. */
  | { readonly type: 'send-failed'; readonly error: unknown }
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
  readonly blocks: boolean
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
  /** Only in manual activity mode. What it keeps or has dropped was never offered to the gate. */
  readonly preRoll: PreRollSnapshot | null
  readonly pending: readonly PendingCallSnapshot[]
  /** How many calls ended how. */
  readonly settled: { readonly [settlement in Settlement]: number }
  /** How long things may take, as this session has it. */
  readonly deadlines: Required<Deadlines>
  /** Bytes waiting in the transport, if it tells. */
  readonly bufferedAmount: number
}
