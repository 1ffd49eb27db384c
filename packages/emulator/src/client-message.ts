import { closeReasons } from './close-reasons.ts'
import { samplesOfPcm } from './pcm.ts'
import { clientMessages } from './protocol/client-messages.ts'
import type { Message } from './protocol/protocol.ts'
import {
  InvalidMessageError,
  type JsonObject,
  type ReadOptions,
  readMessage,
} from './protocol/read-message.ts'
import type { DeclaredFunction } from './script.ts'

/** The kinds of realtime input, named as on the wire. */
export type InputKind =
  | 'activityStart'
  | 'audio'
  | 'mediaChunks'
  | 'video'
  | 'text'
  | 'activityEnd'
  | 'audioStreamEnd'

/** One field of a realtimeInput message. Audio is mono. `mediaChunks` with a picture has no samples. */
export type RealtimeInput =
  | {
      readonly kind: 'audio' | 'mediaChunks'
      readonly samples: Int16Array
      readonly sampleRate: number
      readonly isPicture?: true
    }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'video' | 'activityStart' | 'activityEnd' | 'audioStreamEnd' }

/** What a setup contains that some families of models don't support. `thinkingConfig`: for a model without extended thinking. */
export type SetupTrait =
  | 'enableAffectiveDialog'
  | 'proactivity'
  | 'proactiveAudio: false'
  | 'several responseModalities'
  | 'thinkingConfig'
  | 'extended thinking without thinkingLevel or thinkingBudget'
  | 'extended thinking with both thinkingLevel and thinkingBudget'
  | 'extended thinking with thinkingLevel MINIMAL'
  | 'extended thinking with a BLOCKING function'

/** What the emulator understands of a setup. */
export interface Setup {
  /** The setup as received. */
  readonly received: JsonObject
  readonly model: string
  readonly functions: readonly DeclaredFunction[]
  /** Whether the server detects turns in the audio (default), or the client marks them. */
  readonly automaticDetection: boolean
  readonly silenceDurationMs: number | undefined
  readonly prefixPaddingMs: number | undefined
  /** Whether input between turns is for the model too: `turnCoverage: TURN_INCLUDES_ALL_INPUT`. */
  readonly coversAll: boolean
  /** False with `activityHandling: NO_INTERRUPTION`. */
  readonly interruptible: boolean
  /** Undefined if the setup does not ask for handles. `handle` is undefined for a new session. */
  readonly resumption: { readonly handle: string | undefined; readonly transparent: boolean } | undefined
  readonly inputTranscription: boolean
  readonly outputTranscription: boolean
  readonly startSensitivity: 'high' | 'low' | undefined
  readonly endSensitivity: 'high' | 'low' | undefined
  /** Whether `responseModalities` ask for text and not for audio. */
  readonly answersInText: boolean
  /** Whether it names a voice. */
  readonly choosesVoice: boolean
  /** Whether the client wants the model's thoughts; undefined if it does not say. */
  readonly includeThoughts: boolean | undefined
  /** Whether the model's name says that it answers only in speech. */
  readonly nativeAudio: boolean
  /** Whether the model's name says that it thinks longer, in the background too. */
  readonly extendedThinking: boolean
  /** Whether client content is declared to be history, up to and including the first message that completes a turn. */
  readonly historyInContent: boolean
  /** Whether the client asks for `voiceActivity` when speech begins and ends. */
  readonly explicitVadSignal: boolean
  readonly traits: readonly SetupTrait[]
  /** The kinds of tools it has, named as on the wire. */
  readonly tools: readonly string[]
}

/** A response of the client to a call, as it was received. */
export interface FunctionResponse {
  readonly id: string | undefined
  readonly name: string | undefined
  readonly response: unknown
  /** Whether the call goes on, and more responses follow. */
  readonly willContinue: boolean
  /** When the model speaks about the response to a non-blocking call. Absent: when it is idle. */
  readonly scheduling?: 'SILENT' | 'WHEN_IDLE' | 'INTERRUPT'
}

/** A message of the client, as read. */
export type ClientMessage =
  | { readonly type: 'setup'; readonly setup: Setup }
  | { readonly type: 'realtimeInput'; readonly inputs: readonly RealtimeInput[] }
  /** `pictures`: how many its parts include. `answers`: whether they include a function response. */
  | {
      readonly type: 'clientContent'
      readonly text: string
      readonly contents: readonly { readonly ofModel: boolean; readonly text: string }[]
      readonly pictures: number
      readonly turnComplete: boolean
      readonly answers: boolean
    }
  | { readonly type: 'toolResponse'; readonly responses: readonly FunctionResponse[] }
  /** `functions`: the declarations that replace those of the setup; absent if they stay. */
  | { readonly type: 'contextUpdate'; readonly functions?: readonly DeclaredFunction[] }
  | { readonly type: 'invalid'; readonly problem: string; readonly closeReason: string }

const defaultInputSampleRate = 16_000

/**
 * Reads a frame of the client. It never throws: a frame for which the server closes the session becomes `invalid`.
 * A message has exactly one of five fields. Source: the `oneof` of BidiGenerateContentClientMessage in
 * generative_service.proto, and for contextUpdate the SDKs.
 */
export function readClientMessage(frame: string, options: ReadOptions): ClientMessage {
  try {
    const json = parseJson(frame)
    return interpret(readMessage('ClientMessage', json, options), json)
  } catch (error) {
    if (!(error instanceof InvalidMessageError)) throw error
    return { type: 'invalid', problem: error.message, closeReason: error.closeReason }
  }
}

// The default limit of protobuf's JSON parsers. JSON.parse reads any depth, but JSON.stringify can't write it to a log.
const mostLevels = 100

// No model has a context for so many. A response can be `{}`: what is read and logged of it takes hundreds of times its length.
const mostValues = 100_000

function parseJson(frame: string): unknown {
  let json: unknown
  try {
    json = JSON.parse(frame)
  } catch {
    throw new InvalidMessageError('the frame is not JSON')
  }
  if (hasMoreLevels(json, mostLevels))
    throw new InvalidMessageError(`the message has more than ${mostLevels} levels`)
  if (countValues(json) > mostValues)
    throw new InvalidMessageError(`the message has more than ${mostValues} values`)
  return json
}

function hasMoreLevels(json: unknown, levels: number): boolean {
  if (typeof json !== 'object' || json === null) return false
  return levels === 0 || Object.values(json).some((value) => hasMoreLevels(value, levels - 1))
}

/** Counts a value and all that is in it. */
function countValues(json: unknown): number {
  if (typeof json !== 'object' || json === null) return 1
  return Object.values(json).reduce((sum: number, value) => sum + countValues(value), 1)
}

function interpret(message: Message<'ClientMessage'>, json: unknown): ClientMessage {
  const [name, ...others] = Object.keys(message)
  if (name === undefined) throw new InvalidMessageError(problemOfUnknownMessage(json))
  if (others.length > 0) throw new InvalidMessageError(`the message has ${[name, ...others].join(' and ')}`)
  const { setup, realtimeInput, clientContent, toolResponse, contextUpdate } = message
  if (setup !== undefined) {
    return { type: 'setup', setup: readSetup(setup, (json as { setup: JsonObject }).setup) }
  }
  if (realtimeInput !== undefined) return { type: 'realtimeInput', inputs: readInputs(realtimeInput) }
  if (clientContent !== undefined) return { type: 'clientContent', ...readClientContent(clientContent) }
  if (toolResponse !== undefined) return { type: 'toolResponse', responses: readResponses(toolResponse) }
  return { type: 'contextUpdate', ...readContextUpdate(contextUpdate ?? {}) }
}

const longestNames = 100

function problemOfUnknownMessage(json: unknown): string {
  const fields = Object.entries(json as object).filter(([, value]) => value !== null)
  const names = fields.map(([name]) => name).join(', ')
  const cut = names.length > longestNames ? `${names.slice(0, longestNames)}…` : names
  const has = names === '' ? 'no field' : `only unknown fields: ${cut}`
  return `the message has ${has}; known are ${Object.keys(clientMessages.ClientMessage).join(', ')}`
}

function readSetup(setup: Message<'Setup'>, received: JsonObject): Setup {
  if (setup.model === undefined || setup.model === '') throw new InvalidMessageError('setup.model is empty')
  const {
    automaticActivityDetection: detection = {},
    activityHandling,
    turnCoverage,
  } = setup.realtimeInputConfig ?? {}
  const modalities = setup.generationConfig?.responseModalities ?? []
  for (const field of ['silenceDurationMs', 'prefixPaddingMs'] as const) {
    if ((detection[field] ?? 0) < 0) throw new InvalidMessageError(`${field} is negative`)
  }
  return {
    received,
    model: setup.model,
    functions: readFunctions(setup.tools),
    automaticDetection: detection.disabled !== true,
    silenceDurationMs: detection.silenceDurationMs,
    prefixPaddingMs: detection.prefixPaddingMs,
    coversAll: turnCoverage === 'TURN_INCLUDES_ALL_INPUT',
    interruptible: activityHandling !== 'NO_INTERRUPTION',
    resumption: readResumption(setup.sessionResumption),
    inputTranscription: setup.inputAudioTranscription !== undefined,
    outputTranscription: setup.outputAudioTranscription !== undefined,
    startSensitivity: sensitivityOf(detection.startOfSpeechSensitivity),
    endSensitivity: sensitivityOf(detection.endOfSpeechSensitivity),
    nativeAudio: setup.model.includes('native-audio'),
    includeThoughts: setup.generationConfig?.thinkingConfig?.includeThoughts,
    extendedThinking: isExtendedThinking(setup.model),
    choosesVoice: setup.generationConfig?.speechConfig?.voiceConfig !== undefined,
    answersInText: modalities.includes('TEXT') && !modalities.includes('AUDIO'),
    historyInContent: setup.historyConfig?.initialHistoryInClientContent ?? false,
    explicitVadSignal: setup.explicitVadSignal ?? false,
    traits: traitsOf(setup),
    tools: (setup.tools ?? []).flatMap((tool) => Object.keys(tool)),
  }
}

function isExtendedThinking(model: string): boolean {
  return model.endsWith('-extended-thinking')
}

function traitsOf({
  model = '',
  generationConfig,
  proactivity,
  tools,
}: Message<'Setup'>): readonly SetupTrait[] {
  const traits: SetupTrait[] = []
  if (generationConfig?.enableAffectiveDialog === true) traits.push('enableAffectiveDialog')
  if (proactivity !== undefined) traits.push('proactivity')
  if (proactivity?.proactiveAudio === false) traits.push('proactiveAudio: false')
  const { thinkingConfig, responseModalities } = generationConfig ?? {}
  if (new Set(responseModalities).size > 1) traits.push('several responseModalities')
  if (isExtendedThinking(model)) {
    const { thinkingLevel, thinkingBudget } = thinkingConfig ?? {}
    const given = [thinkingLevel, thinkingBudget].filter((value) => value !== undefined).length
    if (given === 0) traits.push('extended thinking without thinkingLevel or thinkingBudget')
    if (given === 2) traits.push('extended thinking with both thinkingLevel and thinkingBudget')
    if (thinkingLevel === 'MINIMAL') traits.push('extended thinking with thinkingLevel MINIMAL')
    const blocks = readFunctions(tools).some(({ behavior }) => behavior === 'BLOCKING')
    if (blocks) traits.push('extended thinking with a BLOCKING function')
  } else if (thinkingConfig !== undefined) traits.push('thinkingConfig')
  return traits
}

/** Tools without any function take them all away. Source: `contextUpdate` in the reference of Vertex AI. */
function readContextUpdate({ tools }: Message<'ContextUpdate'>): { functions?: readonly DeclaredFunction[] } {
  return tools === undefined ? {} : { functions: readFunctions(tools.tools) }
}

function readFunctions(tools: readonly Message<'Tool'>[] = []): readonly DeclaredFunction[] {
  return tools.flatMap((tool) => (tool.functionDeclarations ?? []).map(readDeclaration))
}

function readDeclaration(declaration: Message<'FunctionDeclaration'>): DeclaredFunction {
  const { name, behavior, parameters, parametersJsonSchema } = declaration
  if (name === undefined || name === '') throw new InvalidMessageError('a function declaration has no name')
  const known = behavior === 'BLOCKING' || behavior === 'NON_BLOCKING'
  const { required } = (parameters ?? parametersJsonSchema ?? {}) as { required?: unknown }
  const requiresNothing = Array.isArray(required) && required.length === 0
  const { properties } = Object(parametersJsonSchema) as { properties?: unknown }
  const inJsonSchema = parameters === undefined && Object.keys(Object(properties)).length > 0
  return { name, behavior: known ? behavior : 'UNSPECIFIED', requiresNothing, inJsonSchema }
}

function readResumption(config: Message<'SessionResumptionConfig'> | undefined): Setup['resumption'] {
  if (config === undefined) return undefined
  const { handle = '', transparent = false } = config
  return { handle: handle === '' ? undefined : handle, transparent }
}

function sensitivityOf(value: string | number | undefined): 'high' | 'low' | undefined {
  if (typeof value !== 'string') return undefined
  if (value.endsWith('_HIGH')) return 'high'
  return value.endsWith('_LOW') ? 'low' : undefined
}

/**
 * The inputs of one message, with activityStart first and the closing signals last. The SDK for JavaScript can send several in
 * one message, in which their order means nothing.
 */
function readInputs(body: Message<'RealtimeInput'>): readonly RealtimeInput[] {
  const inputs: RealtimeInput[] = []
  if (body.activityStart !== undefined) inputs.push({ kind: 'activityStart' })
  if (body.audio !== undefined) inputs.push({ kind: 'audio', ...readAudio(body.audio) })
  if (body.mediaChunks !== undefined) inputs.push(...readMediaChunks(body.mediaChunks))
  if (body.video !== undefined) inputs.push({ kind: 'video' })
  if (body.text !== undefined) inputs.push({ kind: 'text', text: body.text })
  if (body.activityEnd !== undefined) inputs.push({ kind: 'activityEnd' })
  if (body.audioStreamEnd === true) inputs.push({ kind: 'audioStreamEnd' })
  return inputs
}

/** Reads only the first chunk. Source: the comment on `media_chunks` in generative_service.proto. */
function readMediaChunks([blob]: readonly Message<'Blob'>[]): readonly RealtimeInput[] {
  if (blob === undefined) return []
  const picture = { samples: new Int16Array(0), sampleRate: defaultInputSampleRate, isPicture: true } as const
  return [{ kind: 'mediaChunks', ...(isPicture(blob) ? picture : readAudio(blob)) }]
}

function isPicture({ mimeType = '' }: Message<'Blob'>): boolean {
  return /^(image|video)\//i.test(mimeType)
}

function readAudio(blob: Message<'Blob'>): { samples: Int16Array; sampleRate: number } {
  const { data = Buffer.alloc(0) } = blob
  // To proto3 an empty text is none.
  const mimeType = blob.mimeType || 'audio/pcm'
  if (!/^audio\/pcm\b/i.test(mimeType)) {
    throw new InvalidMessageError(`audio of type ${mimeType} is not PCM`, closeReasons.unreadableAudio)
  }
  if (data.length % 2 === 1)
    throw new InvalidMessageError('the audio has an odd number of bytes', closeReasons.unreadableAudio)
  const sampleRate = Number(/;\s*rate=(\d+)/i.exec(mimeType)?.[1] ?? defaultInputSampleRate)
  if (sampleRate === 0)
    throw new InvalidMessageError('the sample rate of audio is 0', closeReasons.unreadableAudio)
  return { samples: samplesOfPcm(data), sampleRate }
}

function readClientContent(
  body: Message<'ClientContent'>,
): Omit<Extract<ClientMessage, { type: 'clientContent' }>, 'type'> {
  const { turns = [] } = body
  const parts = turns.flatMap((turn) => turn.parts ?? [])
  return {
    text: textOf(parts),
    contents: turns.map((turn) => ({ ofModel: turn.role === 'model', text: textOf(turn.parts) })),
    pictures: parts.filter(({ inlineData }) => inlineData !== undefined && isPicture(inlineData)).length,
    turnComplete: body.turnComplete ?? false,
    answers: parts.some((part) => part.functionResponse !== undefined),
  }
}

function textOf(parts: readonly Message<'Part'>[] = []): string {
  return parts.map((part) => part.text ?? '').join('')
}

function readResponses(body: Message<'ToolResponse'>): readonly FunctionResponse[] {
  return (body.functionResponses ?? []).map(({ id, name, response, willContinue = false, scheduling }) => ({
    id,
    name,
    response,
    willContinue,
    ...readScheduling(scheduling ?? response?.scheduling),
  }))
}

/** Clients put `scheduling` beside `response`, as in the protocol, or inside it, as in Google's guide. */
function readScheduling(value: unknown): Pick<FunctionResponse, 'scheduling'> {
  return value === 'SILENT' || value === 'WHEN_IDLE' || value === 'INTERRUPT' ? { scheduling: value } : {}
}
