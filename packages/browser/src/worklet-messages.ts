/** The names under which worklet.js registers its processors. */
export const microphoneProcessor = 'livegate-microphone'
export const speakerProcessor = 'livegate-speaker'

/** The rate of a microphone's frames in Hz, which the API takes (ai.google.dev, Live API: audio formats). */
export const microphoneRate = 16_000

/** The options of a microphone's processor. */
export interface MicrophoneProcessorOptions {
  /** Milliseconds in a frame. */
  readonly frameMs: number
}

/** The options of a speaker's processor. */
export interface SpeakerProcessorOptions {
  readonly bufferMs: number
}

/** Tells a processor that it is no longer needed. */
export interface EndCommand {
  readonly type: 'end'
}

/** The last message of a processor. */
export interface EndReport {
  readonly type: 'ended'
}

/** 16-bit PCM to be played. */
export interface PlayCommand {
  readonly type: 'play'
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly rate: number
}

/** Commands that a speaker's processor carries out in order. */
export type SpeechCommand = PlayCommand | { readonly type: 'end-turn' }

/** Messages to a speaker's processor; all but speech take effect at once. */
export type SpeakerCommand = EndCommand | SpeechCommand | { readonly type: 'flush' }

/** Messages from a speaker's processor. `playedMs` is how much of the flushed turn was played. */
export type SpeakerReport =
  | EndReport
  | { readonly type: 'state'; readonly isPlaying: boolean }
  | { readonly type: 'flushed'; readonly playedMs: number }
