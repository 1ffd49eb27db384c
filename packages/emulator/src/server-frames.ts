import { pcmOfSamples } from './pcm.ts'
import type { Profile } from './profile.ts'

/** A function call as sent to the client, where its id may be left out. */
export interface SentCall {
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
  readonly id: string
}

/** The tokens of one turn, by modality. */
export interface Usage {
  /** The context that the model answered. `IMAGE` is absent if it has no pictures. */
  readonly prompt: Readonly<Record<'TEXT' | 'AUDIO', number>> & { readonly IMAGE?: number }
  /** What was sent: speech is audio, written answers and calls are text. */
  readonly response: Readonly<Record<'TEXT' | 'AUDIO', number>>
  /** What the model thought; not a part of the total. */
  readonly thoughts?: number
}

/** A message of the server, before it is encoded. */
export type ServerMessage =
  | { readonly type: 'setupComplete'; readonly sessionId?: string }
  /** `repeated`: the same calls again, as parts of the model's turn. */
  | { readonly type: 'toolCall'; readonly calls: readonly SentCall[]; readonly repeated?: true }
  | { readonly type: 'toolCallCancellation'; readonly ids: readonly string[] }
  /** Of what the user said. */
  | { readonly type: 'inputTranscript'; readonly text: string; readonly finished?: true }
  /** Of what the model says. */
  | { readonly type: 'transcript'; readonly text: string; readonly finished?: true }
  /** Mono samples at 24 kHz. */
  | { readonly type: 'audio'; readonly samples: Int16Array }
  /** What the model thinks before it speaks. */
  | { readonly type: 'thought'; readonly text: string }
  /** A part of a written answer. */
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'emptyContent' }
  /** `lastConsumed`: the index of the client's latest message, only in transparent mode. */
  | {
      readonly type: 'sessionResumptionUpdate'
      readonly handle: string
      readonly resumable: boolean
      readonly lastConsumed?: number
    }
  | { readonly type: 'goAway'; readonly timeLeftMs: number }
  /** Speech began or ended, at `atSeconds` of the audio received. */
  | { readonly type: 'voiceActivity'; readonly activity: 'start' | 'end'; readonly atSeconds: number }
  | { readonly type: 'generationComplete' }
  | { readonly type: 'interrupted' }
  /** `idle`: whether no call is pending, if the server tells. */
  | { readonly type: 'turnComplete'; readonly usage: Usage; readonly idle?: boolean }

/**
 * Encodes messages of the same moment as JSON, indented by two spaces and followed by a line feed, as real servers send it.
 * Source of the shapes: the sessions named in the profiles.
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
    if (profile.emptyMessages && message.type === 'audio') contents.push({})
    if (profile.audioWithTranscript && message.type === 'transcript') {
      if (transcript !== undefined) contents.push(transcript)
      transcript = shape
      continue
    }
    contents.push(transcript === undefined ? shape : merged(shape, transcript))
    transcript = undefined
  }
  if (transcript !== undefined) contents.push(transcript)
  return contents.map((content) => `${JSON.stringify(content, null, 2)}\n`)
}

/** Merges two serverContent messages. */
function merged(first: { serverContent?: object }, second: { serverContent?: object }): object {
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
    case 'thought':
      return modelTurn([{ text: message.text, thought: true }], profile)
    case 'text':
      return modelTurn([{ text: message.text }], profile)
    case 'emptyContent':
      return { serverContent: {} }
    case 'sessionResumptionUpdate': {
      // Without a handle none was recorded. proto3 omits default values: no handle, `resumable: false` and index 0.
      const { handle: newHandle, resumable, lastConsumed = 0 } = message
      const index = lastConsumed === 0 ? {} : { lastConsumedClientMessageIndex: String(lastConsumed) }
      return { sessionResumptionUpdate: { ...(resumable ? { newHandle, resumable } : {}), ...index } }
    }
    case 'goAway':
      return { goAway: { timeLeft: durationOf(message.timeLeftMs / 1000) } }
    case 'voiceActivity': {
      const type = message.activity === 'start' ? 'ACTIVITY_START' : 'ACTIVITY_END'
      const voiceActivity = { type, audioOffset: durationOf(message.atSeconds) }
      return profile.voiceActivityWithContent ? { serverContent: {}, voiceActivity } : { voiceActivity }
    }
    case 'generationComplete':
      return { serverContent: { generationComplete: true } }
    case 'interrupted':
      return { serverContent: { interrupted: true } }
    case 'turnComplete':
      return {
        serverContent: { turnComplete: true, ...extrasOf(message, profile) },
        usageMetadata: usageMetadataOf(message.usage, profile),
      }
    default:
      return message satisfies never
  }
}

function modelTurn(parts: readonly object[], { role }: Profile): { serverContent: object } {
  return { serverContent: { modelTurn: role ? { role: 'model', parts } : { parts } } }
}

/** Formats a duration as proto3 does, with 0, 3, 6 or 9 decimals. */
function durationOf(seconds: number): string {
  return `${seconds.toFixed(9).replace(/\.?(000)+$/, '')}s`
}

/** Omits an empty text, as proto3 does. */
function transcription({ text, finished }: { readonly text: string; readonly finished?: true }): object {
  return { ...(text === '' ? {} : { text }), ...(finished === undefined ? {} : { finished }) }
}

function extrasOf({ idle }: { readonly idle?: boolean }, { turnCompleteExtras }: Profile): object {
  return {
    ...(turnCompleteExtras === 'groundingMetadata' ? { groundingMetadata: {} } : {}),
    ...(idle === undefined ? {} : { interactionStatus: idle ? 'IDLE' : 'IN_PROGRESS' }),
  }
}

function usageMetadataOf(
  { prompt, response, thoughts = 0 }: Usage,
  { answerTokens, answerModalities }: Profile,
): object {
  const promptTokenCount = prompt.TEXT + prompt.AUDIO + (prompt.IMAGE ?? 0)
  const answerTokenCount = response.TEXT + response.AUDIO
  return {
    ...counted('promptTokenCount', promptTokenCount),
    ...counted(`${answerTokens}TokenCount`, answerTokenCount),
    ...counted('totalTokenCount', promptTokenCount + answerTokenCount),
    ...detailed('promptTokensDetails', prompt, 'counted'),
    ...detailed(`${answerTokens}TokensDetails`, response, answerModalities),
    ...counted('thoughtsTokenCount', thoughts),
  }
}

/** Omits 0, as proto3 does. */
function counted(name: string, tokens: number): object {
  return tokens === 0 ? {} : { [name]: tokens }
}

/** Omits an empty list, as proto3 does. */
function detailed(
  name: string,
  { TEXT, AUDIO, IMAGE = 0 }: Usage['prompt'],
  modalities: Profile['answerModalities'],
): object {
  const listsText = TEXT > 0 && modalities !== 'audio'
  const entries = [
    ...(listsText ? [{ modality: 'TEXT', ...counted('tokenCount', TEXT) }] : []),
    ...(AUDIO > 0 || (listsText && modalities === 'all')
      ? [{ modality: 'AUDIO', ...counted('tokenCount', AUDIO) }]
      : []),
    ...(IMAGE > 0 ? [{ modality: 'IMAGE', tokenCount: IMAGE }] : []),
  ]
  return entries.length === 0 ? {} : { [name]: entries }
}
