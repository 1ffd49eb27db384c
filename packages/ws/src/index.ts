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
export { type ClassifiedClose, type CloseCause, classifyClose } from '@livegate/core/close'
export {
  type Clock,
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
  type ClientContent,
  type LiveConfig,
  type LiveInput,
  type LiveServerMessage,
  samplesOf,
  vertexEndpoint,
} from '@livegate/core/wire'
export {
  type ConnectionDeadlines,
  type ConnectLiveEvent,
  type ConnectLiveOptions,
  connectLive,
  type LiveCallbacks,
} from './connect-live.ts'
export type { Session } from './session.ts'
export type { Socket, SocketFactory, SocketHeaders } from './socket.ts'
