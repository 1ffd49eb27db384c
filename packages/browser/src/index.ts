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
  type ClientContent,
  type LiveConfig,
  type LiveInput,
  type LiveServerMessage,
  type MediaSource,
  samplesOf,
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
