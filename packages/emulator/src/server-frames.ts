import { pcmOfSamples } from './pcm.ts'
import type { Profile } from './profile.ts'

/** A function call as it goes to the client, but that its id may be left out there. */
export interface SentCall {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
  readonly id: string
}

/** Tokens of one turn. */
export interface Usage {
  /** The context that the model answered to, by modality. */
  readonly prompt: Readonly<Record<'AUDIO' | 'TEXT', number>>
  /** The speech, or text, that was sent. */
  readonly response: number
}

/** A message of the server, before it becomes a frame. */
export type ServerMessage =
  | { readonly type: 'setupComplete'; readonly sessionId?: string }
  /** `repeated`: the same calls once more, as parts of the model's turn. */
  | { readonly type: 'toolCall'; readonly calls: readonly SentCall[]; readonly repeated?: true }
  | { readonly type: 'toolCallCancellation'; readonly ids: readonly string[] }
  /** Of what the user said. */
  | { readonly type: 'inputTranscript'; readonly text: string; readonly finished?: true }
  /** Of what the model says. */
  | { readonly type: 'transcript'; readonly text: string; readonly finished?: true }
  /** Mono samples at 24 kHz. */
  | { readonly type: 'audio'; readonly samples: Int16Array }
  /** A part of an answer that is written. */
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'emptyContent' }
  /** `lastConsumed`: the index of a message of the client, in transparent mode only. */
  | {
      readonly type: 'sessionResumptionUpdate'
      readonly handle: string
      readonly resumable: boolean
      readonly lastConsumed?: number
    }
  | { readonly type: 'goAway'; readonly timeLeftMs: number }
  /** Speech was heard to begin or to end, at `atSeconds` of the audio received. */
  | { readonly type: 'voiceActivity'; readonly activity: 'start' | 'end'; readonly atSeconds: number }
  | { readonly type: 'generationComplete' }
  | { readonly type: 'interrupted' }
  /** `idle`: no call is pending. `written`: the response is text. */
  | { readonly type: 'turnComplete'; readonly usage: Usage; readonly idle?: boolean; readonly written?: true }

/**
 * Messages that are sent at once as JSON texts, indented by two spaces and ended by a line feed, as real servers send it.
 * Source of the shapes: the sessions that the profiles name.
 */
export function framesOf(
  messages: readonly ServerMessage[],
  profile: Profile,
  options: { readonly omitCallIds?: boolean } = {},
): readonly string[] {
  const contents: object[] = []
  let transcript: object | undefined
  for (const message of messages) {
    const shape = shapeOf(message, profile, options.omitCallIds ?? false)
    if (profile.audioWithTranscript && message.type === 'transcript') {
      if (transcript !== undefined) contents.push(transcript)
      transcript = shape
      continue
    }
    contents.push(transcript === undefined ? shape : together(shape, transcript))
    transcript = undefined
  }
  if (transcript !== undefined) contents.push(transcript)
  return contents.map((content) => `${JSON.stringify(content, null, 2)}\n`)
}

/** Two serverContent messages as one. */
function together(first: { serverContent?: object }, second: { serverContent?: object }): object {
  return { ...second, ...first, serverContent: { ...first.serverContent, ...second.serverContent } }
}

function shapeOf(message: ServerMessage, profile: Profile, omitCallIds: boolean): object {
  switch (message.type) {
    case 'setupComplete':
      return { setupComplete: message.sessionId === undefined ? {} : { sessionId: message.sessionId } }
    case 'toolCall': {
      const calls = message.calls.map(({ name, args, id }) =>
        omitCallIds ? { name, args } : { name, args, id },
      )
      if (message.repeated !== true) return { toolCall: { functionCalls: calls } }
      return modelTurn(
        calls.map((functionCall) => ({ functionCall })),
        profile,
      )
    }
    case 'toolCallCancellation':
      return { toolCallCancellation: { ids: message.ids } }
    case 'inputTranscript':
      return { serverContent: { inputTranscription: transcription(message) } }
    case 'transcript':
      return { serverContent: { outputTranscription: transcription(message) } }
    case 'audio': {
      const data = pcmOfSamples(message.samples).toString('base64')
      return modelTurn([{ inlineData: { mimeType: profile.audioMimeType, data } }], profile)
    }
    case 'text':
      return modelTurn([{ text: message.text }], profile)
    case 'emptyContent':
      return { serverContent: {} }
    case 'sessionResumptionUpdate': {
      // None was recorded. That there is no handle is what proto3 does not write; so is the index 0.
      const { handle: newHandle, resumable, lastConsumed = 0 } = message
      const index = lastConsumed === 0 ? {} : { lastConsumedClientMessageIndex: String(lastConsumed) }
      return { sessionResumptionUpdate: { ...(resumable ? { newHandle, resumable } : {}), ...index } }
    }
    case 'goAway':
      return { goAway: { timeLeft: durationOf(message.timeLeftMs / 1000) } }
    case 'voiceActivity': {
      const type = message.activity === 'start' ? 'ACTIVITY_START' : 'ACTIVITY_END'
      return { voiceActivity: { type, audioOffset: durationOf(message.atSeconds) } }
    }
    case 'generationComplete':
      return { serverContent: { generationComplete: true } }
    case 'interrupted':
      return { serverContent: { interrupted: true } }
    case 'turnComplete':
      return {
        serverContent: { turnComplete: true, ...extrasOf(message, profile) },
        usageMetadata: usageMetadataOf(message, profile),
      }
    default:
      return message satisfies never
  }
}

function modelTurn(parts: readonly object[], { role }: Profile): { serverContent: object } {
  return { serverContent: { modelTurn: role ? { role: 'model', parts } : { parts } } }
}

/** As proto3 writes it, with nine decimals at most. */
function durationOf(seconds: number): string {
  return `${seconds.toFixed(9).replace(/\.?0+$/, '')}s`
}

/** What is empty is not written, as in proto3. */
function transcription({ text, finished }: { readonly text: string; readonly finished?: true }): object {
  return { ...(text === '' ? {} : { text }), ...(finished === undefined ? {} : { finished }) }
}

function extrasOf({ idle = true }: { readonly idle?: boolean }, { turnCompleteExtras }: Profile): object {
  if (turnCompleteExtras === 'groundingMetadata') return { groundingMetadata: {} }
  if (turnCompleteExtras === 'interactionStatus') return { interactionStatus: idle ? 'IDLE' : 'IN_PROGRESS' }
  return {}
}

function usageMetadataOf(
  { usage: { prompt, response }, written }: { readonly usage: Usage; readonly written?: true },
  { answerTokens }: Profile,
): object {
  const answer = { [written === true ? 'TEXT' : 'AUDIO']: response }
  const promptTokenCount = prompt.AUDIO + prompt.TEXT
  return {
    ...counted('promptTokenCount', promptTokenCount),
    ...counted(`${answerTokens}TokenCount`, response),
    ...counted('totalTokenCount', promptTokenCount + response),
    ...detailed('promptTokensDetails', prompt),
    ...detailed(`${answerTokens}TokensDetails`, answer),
  }
}

/** What is 0 is not written, as in proto3; nor is a list of nothing. */
function counted(name: string, tokens: number): object {
  return tokens === 0 ? {} : { [name]: tokens }
}

function detailed(name: string, tokens: Readonly<Record<string, number>>): object {
  const entries = Object.entries(tokens).filter(([, tokenCount]) => tokenCount > 0)
  return entries.length === 0
    ? {}
    : { [name]: entries.map(([modality, tokenCount]) => ({ modality, tokenCount })) }
}
