export {
  dropInput,
  type HoldBounds,
  holdInput,
  type InputPolicy,
  isLivegateError,
  LivegateError,
  type Profile,
  passInput,
  profileFor,
  type Verdict,
} from '@livegate/core'
export {
  type Clock,
  type Deadlines,
  defineTool,
  type LiveSessionEvent,
  type Scheduling,
  type SessionToolHandler,
  type StandardSchema,
  type Tool,
  type ToolContext,
  type ToolResponseReport,
  type Tools,
  type TypedTool,
} from '@livegate/core/session'
export {
  type ConnectLiveEvent,
  type ConnectLiveOptions,
  connectLive,
  type Gated,
  type GatedSession,
} from './connect-live.ts'
export type { SdkClient, SdkSession } from './open-connection.ts'
