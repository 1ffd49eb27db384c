import type { CallId, ToolCallMessage } from './function-call.ts'

/** A part of the model's turn. */
export interface ServerPart {
  readonly text?: string
  /** Whether the text is a thought of the model, not meant for the user. */
  readonly thought?: boolean
  /** Audio as `audio/pcm;rate=24000`: 16-bit little-endian mono, decoded from the wire's base64. Vertex names no rate. */
  readonly inlineData?: { readonly mimeType?: string; readonly data?: Uint8Array }
  readonly [field: string]: unknown
}

/** A piece of a transcript. */
export interface Transcription {
  readonly text?: string
  readonly finished?: boolean
  readonly [field: string]: unknown
}

/** What the model says, and how its turn goes. */
export interface ServerContent {
  readonly modelTurn?: { readonly role?: string; readonly parts?: readonly ServerPart[] }
  /** The model has generated all of its turn; an interrupted one never gets there. */
  readonly generationComplete?: boolean
  /** The turn is over: the model speaks again only when it is spoken to. It can come later, once the speech would have been played. */
  readonly turnComplete?: boolean
  /** The user has interrupted the model: drop audio that has not been played yet. */
  readonly interrupted?: boolean
  /** What the user said. */
  readonly inputTranscription?: Transcription
  /** What the model said. */
  readonly outputTranscription?: Transcription
  readonly [field: string]: unknown
}

/** A message of the server, with the wire's names in camelCase. Unknown fields and values are kept as they came (G12). */
export interface LiveServerMessage {
  readonly setupComplete?: { readonly sessionId?: string }
  readonly serverContent?: ServerContent
  readonly toolCall?: ToolCallMessage
  readonly toolCallCancellation?: { readonly ids?: readonly CallId[] }
  /** The time until the connection ends, such as `"50s"`. */
  readonly goAway?: { readonly timeLeft?: string }
  readonly sessionResumptionUpdate?: {
    readonly newHandle?: string
    readonly resumable?: boolean
    readonly lastConsumedClientMessageIndex?: string
  }
  readonly usageMetadata?: { readonly totalTokenCount?: number; readonly [field: string]: unknown }
  readonly [field: string]: unknown
}
