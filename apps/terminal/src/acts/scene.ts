import type {
  GoogleGenAI,
  LiveConnectParameters,
  LiveSendRealtimeInputParameters,
  LiveServerMessage,
} from '@google/genai'
import type { GateSnapshot } from '@livegate/core'
import type { ConnectLiveEvent, InputPolicy } from '@livegate/genai'

/** What a conversation has to work with. */
export interface Scene {
  readonly ai: GoogleGenAI
  /** Model, setup, and the callbacks through which the demo watches; a conversation adds its own `onmessage`. */
  readonly params: LiveConnectParameters
  /** Is to see every message. */
  readonly watch: (message: LiveServerMessage) => void
  /** The tool; it takes its time. */
  readonly getWeather: () => Promise<Record<string, unknown>>
  /** What follows is Livegate's only. */
  readonly policy: InputPolicy
  readonly onEvent: (event: ConnectLiveEvent) => void
}

/** What became of an input, as far as the client knows. */
export type Fate = 'sent' | 'held' | 'dropped'

/** A session as the microphone sees it. */
export interface Conversation {
  offer(input: LiveSendRealtimeInputParameters): Fate
  /** Undefined where nothing gates the input. */
  readonly isShut?: () => boolean
  readonly snapshot?: () => GateSnapshot
  close(): void
}

/** Begins a conversation. */
export type Act = (scene: Scene) => Promise<Conversation>
