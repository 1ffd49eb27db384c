export type { Clock } from './clock.ts'
export {
  type Deadlines,
  LiveSession,
  type LiveSessionEvent,
  type LiveSessionOptions,
  type ServerMessage,
  type ToolResponseReport,
} from './live-session.ts'
export type { Scheduling, SessionToolHandler, Tool, ToolContext, Tools } from './tool.ts'
export type { ClientMessages, Transport } from './transport.ts'
