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
