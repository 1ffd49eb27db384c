import { pcmOfSamples } from './pcm.ts'
import type { Profile } from './profile.ts'

/** A function call as it goes to the client. */
export interface SentCall {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
  readonly id: string
}

/** Tokens of one turn. */
export interface Usage {
  /** The context that the model answered to, by modality. */
  readonly prompt: Readonly<Record<'AUDIO' | 'TEXT', number>>
  /** The speech that was sent. */
  readonly response: number
}

/** A message of the server, before it becomes a frame. */
export type ServerMessage =
  | { readonly type: 'setupComplete' }
  | { readonly type: 'toolCall'; readonly calls: readonly SentCall[] }
  | { readonly type: 'toolCallCancellation'; readonly ids: readonly string[] }
  | { readonly type: 'transcript'; readonly text: string }
  /** Mono samples at 24 kHz. */
  | { readonly type: 'audio'; readonly samples: Int16Array }
  | { readonly type: 'generationComplete' }
  | { readonly type: 'interrupted' }
  | { readonly type: 'turnComplete'; readonly usage: Usage }

/**
 * A message as JSON text, indented by two spaces and ended by a line feed, as real servers send it.
 * Source of the shapes: sessions with gemini-2.5-flash-native-audio recorded by the tests of js-genai and pydantic-ai.
 * There a message has one part, `modelTurn` has no role, and `usageMetadata` rides on turnComplete.
 */
export function frameOf(message: ServerMessage, profile: Profile): string {
  return `${JSON.stringify(shapeOf(message, profile), null, 2)}\n`
}

function shapeOf(message: ServerMessage, profile: Profile): object {
  switch (message.type) {
    case 'setupComplete':
      return { setupComplete: {} }
    case 'toolCall':
      return { toolCall: { functionCalls: message.calls.map(({ name, args, id }) => ({ name, args, id })) } }
    case 'toolCallCancellation':
      return { toolCallCancellation: { ids: message.ids } }
    case 'transcript':
      return { serverContent: { outputTranscription: { text: message.text } } }
    case 'audio': {
      const data = pcmOfSamples(message.samples).toString('base64')
      return {
        serverContent: { modelTurn: { parts: [{ inlineData: { mimeType: profile.audioMimeType, data } }] } },
      }
    }
    case 'generationComplete':
      return { serverContent: { generationComplete: true } }
    case 'interrupted':
      return { serverContent: { interrupted: true } }
    case 'turnComplete':
      return { serverContent: { turnComplete: true }, usageMetadata: usageMetadataOf(message.usage) }
    default:
      return message satisfies never
  }
}

function usageMetadataOf({ prompt, response }: Usage): object {
  const promptTokenCount = prompt.AUDIO + prompt.TEXT
  return {
    promptTokenCount,
    responseTokenCount: response,
    totalTokenCount: promptTokenCount + response,
    promptTokensDetails: Object.entries(prompt).map(([modality, tokenCount]) => ({ modality, tokenCount })),
    responseTokensDetails: [{ modality: 'AUDIO', tokenCount: response }],
  }
}
