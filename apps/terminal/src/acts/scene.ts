import type {
  GoogleGenAI,
  LiveConnectParameters,
  LiveSendRealtimeInputParameters,
  LiveServerMessage,
} from '@google/genai'
import type { GateSnapshot } from '@livegate/core'
import type { ConnectLiveEvent, InputPolicy } from '@livegate/genai'

/** What an act gets to begin its conversation. */
export interface Scene {
  readonly ai: GoogleGenAI
  /** Model, setup, and the callbacks through which the demo watches. The act replaces `onmessage`. */
  readonly params: LiveConnectParameters
  /** Must be called with every message. */
  readonly watch: (message: LiveServerMessage) => void
  /** Runs the tool, which takes `--tool-ms`. */
  readonly getWeather: () => Promise<Record<string, unknown>>
  /** For Livegate only. */
  readonly policy: InputPolicy
  /** For Livegate only. */
  readonly onEvent: (event: ConnectLiveEvent) => void
}

/** What became of an input, as far as the client knows. */
export type Fate = 'sent' | 'held' | 'dropped'

/** A session as the microphone sees it. */
export interface Conversation {
  offer(input: LiveSendRealtimeInputParameters): Fate
  /** Undefined if nothing gates the input. */
  readonly isShut?: () => boolean
  readonly snapshot?: () => GateSnapshot
  close(): void
}

/** Begins a conversation. */
export type Act = (scene: Scene) => Promise<Conversation>
