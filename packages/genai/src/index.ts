export {
  type BacklogSize,
  type CallBehavior,
  type CallId,
  type DropReason,
  dropInput,
  type FunctionResponse,
  type GateSnapshot,
  type Hold,
  type HoldBounds,
  type HoldName,
  holdInput,
  type InputCounters,
  type InputGate,
  type InputKind,
  type InputPolicy,
  type InputRule,
  isLivegateError,
  LivegateError,
  type LivegateErrorCode,
  type MatchedResponses,
  type Profile,
  passInput,
  profileFor,
  type RealtimeInput,
  type Settlement,
  type ToolCall,
  type ToolCallTracker,
  type TrackerSnapshot,
  type Verdict,
} from '@livegate/core'
export { type ClassifiedClose, type CloseCause, classifyClose } from '@livegate/core/close'
export {
  type Clock,
  type CloseReport,
  type Deadlines,
  defineTool,
  type EventOf,
  type FrameKind,
  type LiveSessionEvent,
  type LiveSessionSnapshot,
  type PendingCallSnapshot,
  type PreRollSnapshot,
  type Scheduling,
  type SentFrame,
  type SessionToolHandler,
  type StandardSchema,
  type Tool,
  type ToolContext,
  type ToolResponseReport,
  type Tools,
  type TypedTool,
} from '@livegate/core/session'
export { type ConnectLiveOptions, connectLive } from './connect-live.ts'
export type { ConnectLiveEvent } from './connect-session.ts'
export { type GateLiveOptions, gateLive, type ObservedSession, type Ungate } from './gate-live.ts'
export type { Gated, GatedSession } from './gated-session.ts'
export type { SdkClient, SdkSession } from './open-connection.ts'
export type { GateTarget } from './sdk-seams.ts'
