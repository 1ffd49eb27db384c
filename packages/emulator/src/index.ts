export type { FunctionResponse, InputKind } from './client-message.ts'
export type { Clock } from './clock.ts'
export type { ConnectionRequest } from './connection-request.ts'
export type { EmulatedSession } from './emulated-session.ts'
export { EmulatorError, type EmulatorErrorCode } from './emulator-error.ts'
export type { Fault, NextFault } from './fault.ts'
export type { KnownClose } from './known-closes.ts'
export type { CallOptions, ConnectionLimit, EmulatorOptions } from './options.ts'
export type { InputDuringCall, ProfileName } from './profile.ts'
export type { JsonObject } from './protocol/read-message.ts'
export type { Reply, ReplyTerms, ScriptedCall } from './script.ts'
export type { SentCall, Usage } from './server-frames.ts'
export type {
  Brackets,
  Forgotten,
  LogEntry,
  ReceivedMessage,
  ReceivedSignal,
  ReceivedToolResponse,
  SentMessage,
  SessionClose,
  TurnSource,
  UserTurn,
  WindowInputs,
} from './session-log.ts'
export { type Emulator, startEmulator } from './start-emulator.ts'
export type { TlsCredentials } from './tls.ts'
