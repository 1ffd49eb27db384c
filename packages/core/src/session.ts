export type { ToolResponseReport } from './call-runner.ts'
export { checkTimeout, refuseOthers } from './check-option.ts'
export type { Clock } from './clock.ts'
export type { Deadlines } from './deadlines.ts'
export { LiveSession } from './live-session.ts'
export type {
  CloseReport,
  EventOf,
  LiveSessionEvent,
  LiveSessionSnapshot,
  PendingCallSnapshot,
} from './live-session-event.ts'
export type { LiveSessionOptions } from './live-session-options.ts'
export { mustBe } from './livegate-error.ts'
export type { FrameKind, SentFrame } from './outbound-tail.ts'
export type { PreRollSnapshot } from './pre-roll.ts'
export type { Setup } from './setup.ts'
export type { StandardSchema } from './standard-schema.ts'
export {
  defineTool,
  type Scheduling,
  type SessionToolHandler,
  type Tool,
  type ToolContext,
  type Tools,
  type TypedTool,
} from './tool.ts'
export { messageOf } from './tool-result.ts'
export type { ClientMessages, Close, Connection, ServerMessage, Transport } from './transport.ts'
