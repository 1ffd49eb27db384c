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
export type {
  Clock,
  Deadlines,
  LiveSessionEvent,
  Scheduling,
  SessionToolHandler,
  Tool,
  ToolContext,
  ToolResponseReport,
  Tools,
} from '@livegate/core/session'
export {
  type ConnectLiveEvent,
  type ConnectLiveOptions,
  connectLive,
  type Gated,
  type GatedSession,
  type SdkClient,
  type SdkSession,
} from './connect-live.ts'
