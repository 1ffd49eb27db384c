export type { Clock } from './clock.ts'
export {
  type Deadlines,
  LiveSession,
  type LiveSessionEvent,
  type LiveSessionOptions,
  type ServerMessage,
  type ToolHandlers,
  type ToolResponseReport,
} from './live-session.ts'
export type { ClientMessages, Transport } from './transport.ts'
