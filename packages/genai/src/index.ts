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
  type ToolHandler,
  type Verdict,
} from '@livegate/core'
export type {
  Clock,
  Deadlines,
  LiveSessionEvent,
  ToolHandlers,
  ToolResponseReport,
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
