export type { BacklogSize } from './backlog.ts'
export { checkInput } from './check-input.ts'
export type { CallId, FunctionCall, FunctionResponse, ToolCall, ToolCallMessage } from './function-call.ts'
export {
  type DropReason,
  type GateEvent,
  type GateSnapshot,
  type Hold,
  type HoldName,
  type InputCounters,
  InputGate,
  type InputGateOptions,
  type Verdict,
} from './input-gate.ts'
export {
  checkPolicy,
  dropInput,
  type HoldBounds,
  holdInput,
  type InputPolicy,
  type InputRule,
  passInput,
} from './input-policy.ts'
export { isLivegateError, LivegateError, type LivegateErrorCode } from './livegate-error.ts'
export type { CallSignal } from './platform.ts'
export { type CallBehavior, callBlocks, type Profile, profileFor } from './profile.ts'
export { type InputKind, type MediaBlob, pcmDurationMs, type RealtimeInput } from './realtime-input.ts'
export {
  type HandlerContext,
  type MatchedResponses,
  type Settlement,
  type ToolCallEvent,
  ToolCallTracker,
  type ToolCallTrackerOptions,
  type ToolHandler,
  type TrackerSnapshot,
} from './tool-call-tracker.ts'
