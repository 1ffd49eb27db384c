import { checkObject, refuseOthers } from './check-option.ts'
import { mustBe } from './livegate-error.ts'
import type { KnownSetup, Setup } from './setup.ts'

/** A turn in any accepted form: text, a part, a list of texts and parts, or the wire's `Content`. */
export type ContentSource = string | object | readonly (string | object)[]

/** No interface, and no `Open` of it: see there. */
type Handle = { readonly handle?: string | undefined }

/** The fields of a configuration that are known here. */
interface KnownConfig extends Omit<KnownSetup, 'model'> {
  readonly responseModalities?: readonly string[] | undefined
  readonly speechConfig?: object | undefined
  readonly temperature?: number | undefined
  readonly systemInstruction?: ContentSource | undefined
  readonly inputAudioTranscription?: object | undefined
  readonly outputAudioTranscription?: object | undefined
  /** `{}` asks for resumption handles; `{ handle }` resumes a session. */
  readonly sessionResumption?: Handle | (Handle & { readonly [field: string]: unknown }) | undefined
  readonly contextWindowCompression?: object | undefined
}

/**
 * The configuration of a session, with the SDK's names. Fields that are not known here go on the wire as they are (G12). The SDK's own
 * `LiveConnectConfig` is accepted, too, without `abortSignal` and `httpOptions`.
 */
export type LiveConfig = KnownConfig | (KnownConfig & { readonly [field: string]: unknown })

/** What `sendClientContent` takes. */
export interface ClientContent {
  /** One turn, or a list of `Content`. */
  readonly turns?: ContentSource | undefined
  /** Whether the model should answer. Default `true`. */
  readonly turnComplete?: boolean | undefined
}

/** Fields that belong in `generationConfig` on the wire, and at the top of a config (generative_service.proto). */
const generationFields: readonly string[] = [
  'candidateCount',
  'enableAffectiveDialog',
  'frequencyPenalty',
  'maxOutputTokens',
  'mediaResolution',
  'presencePenalty',
  'responseModalities',
  'seed',
  'speechConfig',
  'temperature',
  'thinkingConfig',
  'topK',
  'topP',
  'translationConfig',
]

/**
 * The wire's `setup` for a model and a config. A model's name without a path is one of the Gemini API.
 *
 * @throws {LivegateError} `invalid-options`, without a model, for tools that are no list, for another model in the config, or for
 * `abortSignal` and `httpOptions`, which only the SDK takes.
 */
export function toSetup(model: string, config?: LiveConfig | null): Setup {
  mustBe(model && typeof model === 'string', 'model', 'the name of a model', model)
  const setup: Setup & Record<string, unknown> = { model: model.includes('/') ? model : `models/${model}` }
  const {
    abortSignal,
    httpOptions,
    generationConfig,
    model: another,
    ...fields
  } = { ...config } as Record<string, object>
  // The SDK does not send the first two; the server would refuse the whole setup for them, with 1007. One model would replace the other.
  refuseOthers('config.', { abortSignal, httpOptions, model: another })
  // The session would call them `tools`, which are an option of their own.
  mustBe(Array.isArray(fields.tools ?? []), 'config.tools', 'a list', fields.tools)
  const generation: Record<string, unknown> = { ...generationConfig }
  for (const [field, value] of Object.entries(fields)) {
    if (value == null) continue
    if (generationFields.includes(field)) generation[field] = value
    else setup[field] = field === 'systemInstruction' ? toContent(value) : value
  }
  if (Object.keys(generation)[0]) setup.generationConfig = generation
  return setup
}

/**
 * The wire's `clientContent`.
 *
 * @throws {LivegateError} `invalid-options`, if the content is a bare text.
 */
export function toClientContent(content?: ClientContent | null): object {
  checkObject('content', content)
  const { turns, turnComplete = true, ...rest } = { ...content }
  const isList = Array.isArray(turns) && turns.every((turn) => 'parts' in Object(turn))
  return { ...rest, ...(turns != null && { turns: isList ? turns : [toContent(turns)] }), turnComplete }
}

/** What `sendContextUpdate` takes. An absent field leaves that part of the context as it is. */
export interface LiveContextUpdate {
  /** Replaces the system instruction. */
  readonly systemInstruction?: ContentSource | undefined
  /** Replaces the tools; as a list, or in an object, as in the SDK and on the wire. */
  readonly tools?: readonly object[] | { readonly tools?: readonly object[] | undefined } | undefined
}

/** The wire's `contextUpdate`. */
export function toContextUpdate(update?: LiveContextUpdate | null): object {
  const { systemInstruction, tools, ...rest } = { ...update }
  return {
    ...rest,
    ...(systemInstruction != null && { systemInstruction: toContent(systemInstruction) }),
    ...(tools && { tools: (tools as { readonly tools?: object }).tools ? tools : { tools } }),
  }
}

function toContent(source: ContentSource): object {
  if ('parts' in Object(source)) return source as object
  const parts = (Array.isArray(source) ? source : [source]) as readonly (string | object)[]
  return { parts: parts.map((part) => (typeof part === 'string' ? { text: part } : part)), role: 'user' }
}
