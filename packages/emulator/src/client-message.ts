import { closeReasons } from './close-reasons.ts'
import { samplesOfPcm } from './pcm.ts'
import type { DeclaredFunction } from './script.ts'
import {
  asBytes,
  asFlag,
  asList,
  asMilliseconds,
  asObject,
  asText,
  fieldOf,
  InvalidMessageError,
  type JsonObject,
} from './tolerant-json.ts'

/** The kinds of realtime input, by their names on the wire. */
export type InputKind =
  | 'activityStart'
  | 'audio'
  | 'mediaChunks'
  | 'video'
  | 'text'
  | 'activityEnd'
  | 'audioStreamEnd'

/** One field of a realtimeInput message. Audio is mono; `mediaChunks` with a picture has no samples. */
export type RealtimeInput =
  | { readonly kind: 'audio' | 'mediaChunks'; readonly samples: Int16Array; readonly sampleRate: number }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'video' | 'activityStart' | 'activityEnd' | 'audioStreamEnd' }

/** What the emulator understands of a setup. */
export interface Setup {
  /** The setup as it was received. */
  readonly received: JsonObject
  readonly functions: readonly DeclaredFunction[]
  /** Whether the server finds turns in the audio (default), or the client marks them. */
  readonly automaticDetection: boolean
  readonly silenceDurationMs: number | undefined
  readonly prefixPaddingMs: number | undefined
  /** False with `activityHandling: NO_INTERRUPTION`. */
  readonly interruptible: boolean
  readonly outputTranscription: boolean
}

export interface FunctionResponse {
  readonly id: string | undefined
  readonly name: string | undefined
  readonly response: unknown
  /** True: the call goes on and this is not its last response. */
  readonly willContinue: boolean
}

/** A message of the client, read. */
export type ClientMessage =
  | { readonly type: 'setup'; readonly setup: Setup }
  | { readonly type: 'realtimeInput'; readonly inputs: readonly RealtimeInput[] }
  | { readonly type: 'clientContent'; readonly text: string; readonly turnComplete: boolean }
  | { readonly type: 'toolResponse'; readonly responses: readonly FunctionResponse[] }
  | { readonly type: 'contextUpdate' }
  | { readonly type: 'invalid'; readonly problem: string; readonly closeReason: string }

const defaultInputSampleRate = 16_000

/**
 * Reads a frame of the client. It never throws: what the server would close the session for is `invalid`.
 * A message has exactly one of five fields (source: the `oneof` of BidiGenerateContentClientMessage in
 * generative_service.proto, and contextUpdate of today's SDKs). Fields that are not known are passed over.
 */
export function readClientMessage(frame: string): ClientMessage {
  try {
    return readMessage(asObject(parseJson(frame), 'the message'))
  } catch (error) {
    if (!(error instanceof InvalidMessageError)) throw error
    return { type: 'invalid', problem: error.message, closeReason: error.closeReason }
  }
}

function parseJson(frame: string): unknown {
  try {
    return JSON.parse(frame)
  } catch {
    throw new InvalidMessageError('the frame is not JSON')
  }
}

function readMessage(message: JsonObject): ClientMessage {
  const names = ['setup', 'realtimeInput', 'clientContent', 'toolResponse', 'contextUpdate'] as const
  const [name, ...others] = names.filter((candidate) => fieldOf(message, candidate) !== undefined)
  if (name === undefined) throw new InvalidMessageError('the message has none of the known fields')
  if (others.length > 0) throw new InvalidMessageError(`the message has ${[name, ...others].join(' and ')}`)
  const body = asObject(fieldOf(message, name), name)
  switch (name) {
    case 'setup':
      return { type: name, setup: readSetup(body) }
    case 'realtimeInput':
      return { type: name, inputs: readInputs(body) }
    case 'clientContent':
      return { type: name, ...readClientContent(body) }
    case 'toolResponse':
      return { type: name, responses: readResponses(body) }
    case 'contextUpdate':
      return { type: name }
    default:
      return name satisfies never
  }
}

function readSetup(setup: JsonObject): Setup {
  if (asText(fieldOf(setup, 'model'), 'setup.model') === '')
    throw new InvalidMessageError('setup.model is empty')
  const input = asObject(fieldOf(setup, 'realtimeInputConfig') ?? {}, 'realtimeInputConfig')
  const detection = asObject(fieldOf(input, 'automaticActivityDetection') ?? {}, 'automaticActivityDetection')
  const silence = fieldOf(detection, 'silenceDurationMs')
  const padding = fieldOf(detection, 'prefixPaddingMs')
  const handling = fieldOf(input, 'activityHandling')
  return {
    received: setup,
    functions: asList(fieldOf(setup, 'tools') ?? [], 'setup.tools').flatMap(readTool),
    automaticDetection: !asFlag(
      fieldOf(detection, 'disabled') ?? false,
      'automaticActivityDetection.disabled',
    ),
    silenceDurationMs: silence === undefined ? undefined : asMilliseconds(silence, 'silenceDurationMs'),
    prefixPaddingMs: padding === undefined ? undefined : asMilliseconds(padding, 'prefixPaddingMs'),
    interruptible: !isEnumValue(handling, 'NO_INTERRUPTION', 2),
    outputTranscription: fieldOf(setup, 'outputAudioTranscription') !== undefined,
  }
}

function readTool(tool: unknown): readonly DeclaredFunction[] {
  const declarations = fieldOf(asObject(tool, 'a tool'), 'functionDeclarations') ?? []
  return asList(declarations, 'functionDeclarations').map((entry) => {
    const declaration = asObject(entry, 'a function declaration')
    return {
      name: asText(declaration.name, 'the name of a function declaration'),
      nonBlocking: isEnumValue(fieldOf(declaration, 'behavior'), 'NON_BLOCKING', 2),
    }
  })
}

/** Proto3 lets an enum value come by name or by number. */
function isEnumValue(value: unknown, name: string, number: number): boolean {
  return value === name || value === number
}

/**
 * The inputs of one message, opening ones first and closing ones last: the SDK for JavaScript lets several ride in one
 * message, and their order in it means nothing.
 */
function readInputs(body: JsonObject): readonly RealtimeInput[] {
  const inputs: RealtimeInput[] = []
  const audio = fieldOf(body, 'audio')
  const media = fieldOf(body, 'mediaChunks')
  const text = fieldOf(body, 'text')
  if (fieldOf(body, 'activityStart') !== undefined) inputs.push({ kind: 'activityStart' })
  if (audio !== undefined) inputs.push({ kind: 'audio', ...readAudio(asObject(audio, 'audio')) })
  if (media !== undefined) inputs.push(...readMediaChunks(asList(media, 'mediaChunks')))
  if (fieldOf(body, 'video') !== undefined) inputs.push({ kind: 'video' })
  if (text !== undefined) inputs.push({ kind: 'text', text: asText(text, 'text') })
  if (fieldOf(body, 'activityEnd') !== undefined) inputs.push({ kind: 'activityEnd' })
  if (fieldOf(body, 'audioStreamEnd') === true) inputs.push({ kind: 'audioStreamEnd' })
  return inputs
}

/** All chunks but the first are ignored. Source: the comment on `media_chunks` in generative_service.proto. */
function readMediaChunks(chunks: readonly unknown[]): readonly RealtimeInput[] {
  if (chunks.length === 0) return []
  const blob = asObject(chunks[0], 'mediaChunks[0]')
  const isPicture = /^(image|video)\//i.test(String(fieldOf(blob, 'mimeType')))
  const silence = { samples: new Int16Array(0), sampleRate: defaultInputSampleRate }
  return [{ kind: 'mediaChunks', ...(isPicture ? silence : readAudio(blob)) }]
}

function readAudio(blob: JsonObject): { samples: Int16Array; sampleRate: number } {
  const mimeType = asText(fieldOf(blob, 'mimeType') ?? 'audio/pcm', 'the mimeType of audio')
  const bytes = asBytes(fieldOf(blob, 'data') ?? '', 'the data of audio')
  if (!/^audio\/pcm\b/i.test(mimeType)) {
    throw new InvalidMessageError(`audio of type ${mimeType} is not PCM`, closeReasons.unreadableAudio)
  }
  if (bytes.length % 2 === 1)
    throw new InvalidMessageError('the audio ends within a sample', closeReasons.unreadableAudio)
  const sampleRate = Number(/;\s*rate=(\d+)/i.exec(mimeType)?.[1] ?? defaultInputSampleRate)
  if (sampleRate === 0)
    throw new InvalidMessageError('the sample rate of audio is 0', closeReasons.unreadableAudio)
  return { samples: samplesOfPcm(bytes), sampleRate }
}

function readClientContent(body: JsonObject): { text: string; turnComplete: boolean } {
  const parts = asList(fieldOf(body, 'turns') ?? [], 'turns').flatMap((turn) =>
    asList(fieldOf(asObject(turn, 'a turn'), 'parts') ?? [], 'parts'),
  )
  const texts = parts.map((part) => fieldOf(asObject(part, 'a part'), 'text') ?? '')
  return {
    text: texts.map((text) => asText(text, 'the text of a part')).join(''),
    turnComplete: asFlag(fieldOf(body, 'turnComplete') ?? false, 'turnComplete'),
  }
}

function readResponses(body: JsonObject): readonly FunctionResponse[] {
  return asList(fieldOf(body, 'functionResponses') ?? [], 'functionResponses').map((entry) => {
    const response = asObject(entry, 'a function response')
    const id = response.id ?? undefined
    const name = response.name ?? undefined
    return {
      id: id === undefined ? undefined : asText(id, 'the id of a function response'),
      name: name === undefined ? undefined : asText(name, 'the name of a function response'),
      response: response.response,
      willContinue: asFlag(fieldOf(response, 'willContinue') ?? false, 'willContinue'),
    }
  })
}
