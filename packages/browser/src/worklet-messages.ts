/** The names under which worklet.js registers its processors. */
export const microphoneProcessor = 'livegate-microphone'
export const speakerProcessor = 'livegate-speaker'

/** What a microphone's processor is made with. */
export interface MicrophoneProcessorOptions {
  /** Samples per second of the frames. */
  readonly rate: number
  /** Samples in a frame. */
  readonly frameLength: number
}

/** What a speaker's processor is made with, in milliseconds. */
export interface SpeakerProcessorOptions {
  readonly bufferMs: number
}

/** What the page tells any processor: that it is no longer needed. */
export interface EndCommand {
  readonly type: 'end'
}

/** What any processor tells the page last. */
export interface EndReport {
  readonly type: 'ended'
}

/** 16-bit PCM to be played. */
export interface PlayCommand {
  readonly type: 'play'
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly rate: number
}

/** What a speaker's processor does in the order in which it was told. */
export type SpeechCommand = PlayCommand | { readonly type: 'end-turn' }

/** What the page tells a speaker's processor. */
export type SpeakerCommand = EndCommand | SpeechCommand | { readonly type: 'flush' }

/** What a speaker's processor tells the page; `playedMs` of the turn that was given up. */
export type SpeakerReport =
  | EndReport
  | { readonly type: 'state'; readonly isPlaying: boolean }
  | { readonly type: 'flushed'; readonly playedMs: number }
