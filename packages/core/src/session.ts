export type { Clock } from './clock.ts'
export {
  type Deadlines,
  LiveSession,
  type LiveSessionEvent,
  type LiveSessionOptions,
  type ServerMessage,
  type ToolResponseReport,
} from './live-session.ts'
export type { StandardSchema } from './standard-schema.ts'
export {
  declarationsOf,
  defineTool,
  type Scheduling,
  type SessionToolHandler,
  type Tool,
  type ToolContext,
  type ToolDeclaration,
  type Tools,
  type TypedTool,
} from './tool.ts'
export type { ClientMessages, Transport } from './transport.ts'
