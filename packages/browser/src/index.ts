export {
  type CallBehavior,
  type CallId,
  type DropReason,
  dropInput,
  type FunctionCall,
  type FunctionResponse,
  type Hold,
  type HoldBounds,
  type HoldName,
  holdInput,
  type InputGate,
  type InputKind,
  type InputPolicy,
  isLivegateError,
  LivegateError,
  type LivegateErrorCode,
  type Profile,
  passInput,
  profileFor,
  type Settlement,
  type ToolCall,
  type ToolCallTracker,
  type Verdict,
} from '@livegate/core'
export { type ClassifiedClose, type CloseCause, classifyClose } from '@livegate/core/close'
export {
  type Clock,
  type CloseReport,
  type Deadlines,
  defineTool,
  type EventOf,
  type LiveSessionEvent,
  type LiveSessionSnapshot,
  type Scheduling,
  type SessionToolHandler,
  type Setup,
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
  type LiveContextUpdate,
  type LiveInput,
  type LiveServerMessage,
  type MediaSource,
  type ServerContent,
  type ServerPart,
  samplesOf,
  type Transcription,
} from '@livegate/core/wire'
export { type ConnectLiveEvent, type ConnectLiveOptions, connectLive } from './connect-live.ts'
export {
  connectVoice,
  type Voice,
  type VoiceEvent,
  type VoiceMessage,
  type VoiceOptions,
  type VoiceSession,
} from './connect-voice.ts'
export {
  type Microphone,
  type MicrophoneOptions,
  type MicrophoneState,
  openMicrophone,
} from './open-microphone.ts'
export { openSpeaker, type Speaker, type SpeakerOptions, type SpeakerState } from './open-speaker.ts'
export type { Session } from './session.ts'
