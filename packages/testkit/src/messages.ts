import type { ClientMessages, ServerMessage } from '@livegate/core/session'

/** A message from the client: the arguments of `Transport.send`. */
export type ClientMessage<Type extends keyof ClientMessages = keyof ClientMessages> = readonly [
  type: Type,
  body: ClientMessages[Type],
]

export const text = (said: string): ClientMessage => ['realtimeInput', { text: said }]

const audio = (data: string, rate: number): ClientMessage => [
  'realtimeInput',
  { audio: { data, mimeType: `audio/pcm;rate=${rate}` } },
]

const content = (said: string): ClientMessage => [
  'clientContent',
  { turns: [{ role: 'user', parts: [{ text: said }] }], turnComplete: false },
]

const response = (id: string): ClientMessage => [
  'toolResponse',
  { functionResponses: [{ id, name: 'take_note', response: { output: id } }] },
]

const video: ClientMessage = ['realtimeInput', { video: { data: 'AAAA', mimeType: 'image/png' } }]
const contextUpdate: ClientMessage = [
  'contextUpdate',
  { systemInstruction: { role: 'user', parts: [{ text: 'Be brief.' }] } },
]
/** More than one of everything, and the fields that are seldom used: a transport that copies field by field loses some. */
const manyAtOnce = (said: string): ClientMessage => [
  'realtimeInput',
  { audio: { data: said.padStart(8, 'A'), mimeType: 'audio/pcm;rate=16000' }, text: said },
]

const turns = (said: string): ClientMessage => [
  'clientContent',
  {
    turns: [
      { role: 'user', parts: [{ text: said }, { text: 'again' }] },
      { role: 'model', parts: [{ text: 'Once is enough.' }] },
    ],
    turnComplete: true,
  },
]

const responses = (id: string): ClientMessage => [
  'toolResponse',
  {
    functionResponses: [
      { id, name: 'take_note', response: { output: { lines: 2 } }, scheduling: 'SILENT' },
      { id: `${id}b`, name: 'take_note', response: { output: 'soon' }, willContinue: true },
    ],
  },
]

const tools: ClientMessage = [
  'contextUpdate',
  { tools: { tools: [{ functionDeclarations: [{ name: 'take_note' }] }] } },
]

const audioStreamEnd: ClientMessage = ['realtimeInput', { audioStreamEnd: true }]

/**
 * As of a program that gives a picture the time by `process.hrtime.bigint()`: a session checks a picture's known fields only. JSON has no
 * BigInt, but a wire that carries more than JSON may take it.
 */
const dated = { data: 'AAAA', mimeType: 'image/png', takenNs: 1n }
export const unsendable: ClientMessage<'realtimeInput'> = ['realtimeInput', { video: dated }]

/** Signals that a server accepts only if the setup says that the client marks its turns. */
const bracket: readonly ClientMessage[] = [
  ['realtimeInput', { activityStart: {} }],
  ['realtimeInput', { activityEnd: {} }],
]

/**
 * Makes messages of every kind in turn. Those that carry text or audio differ from one another.
 *
 * @param withBrackets whether the client marks its turns.
 */
export function assortment(length: number, withBrackets: boolean): ClientMessage[] {
  const kinds = [
    text,
    // Base64 that ends with the number: three samples.
    (word: string) => audio(word.padStart(8, 'A'), 16_000),
    content,
    response,
    ...[video, contextUpdate, audioStreamEnd, ...(withBrackets ? bracket : []), tools].map(
      (message) => () => message,
    ),
    ...[manyAtOnce, turns, responses],
  ]
  return Array.from({ length }, (_, index) => (kinds[index % kinds.length] ?? text)(`m${index}`))
}

/** Changes every word in a message that was sent, as a caller does who uses the same objects again. */
export function reuse(body: object): void {
  for (const [name, value] of Object.entries(body)) {
    if (typeof value === 'object' && value !== null) reuse(value)
    else Object.assign(body, { [name]: 'changed' })
  }
}

/** One second of audio, 24 000 samples, in one message. */
export function secondOfAudio(): ClientMessage {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const data = Array.from({ length: 64_000 }, (_, index) => alphabet[(index * index + 7 * index) % 64]).join(
    '',
  )
  return audio(data, 24_000)
}

/** Text with characters of two, three and four bytes in UTF-8, and with line ends that JSON escapes and does not escape. */
export function longText(characters: number): string {
  const line = 'The weather in Dún Laoghaire: 12 °C, light rain ☔\u2028and a 🌈.\n'
  return line.repeat(Math.ceil(characters / line.length)).slice(0, characters)
}

export const call = (id: string, said = ''): object => ({
  toolCall: { functionCalls: [{ id, name: 'take_note', args: { text: said } }] },
})

export const cancellation = (...ids: readonly string[]): object => ({ toolCallCancellation: { ids } })

/** Two calls in one message, with arguments that are not text. */
export const calls: object = {
  toolCall: {
    functionCalls: [
      { id: 'one', name: 'take_note', args: { lines: 2, urgent: false } },
      { id: 'two', name: 'take_note', args: { text: 'two' } },
    ],
  },
}

interface Content {
  readonly parts?: readonly object[]
}

interface WireMessage {
  readonly realtimeInput?: object
  readonly clientContent?: { readonly turns?: readonly Content[]; readonly turnComplete?: boolean }
  readonly toolResponse?: { readonly functionResponses?: readonly object[] }
  readonly contextUpdate?: { readonly systemInstruction?: Content }
}

/** Describes a whole message from the client: messages with different content have different labels. */
export function clientLabel(message: object): string {
  const { realtimeInput, clientContent, toolResponse, contextUpdate, ...others }: WireMessage = message
  const labels = [
    realtimeInput && (fieldsOf(realtimeInput).map(inputLabel).join(' and ') || 'an empty input'),
    clientContent && `clientContent ${turnsLabel(clientContent)}`,
    toolResponse && `toolResponse ${responsesLabel(toolResponse)}`,
    contextUpdate && `contextUpdate ${updateLabel(contextUpdate)}`,
    ...fieldLabels(others),
  ]
  return labels.filter(Boolean).join(' and ') || 'an empty message'
}

function inputLabel([kind, value]: readonly [string, unknown]): string {
  const said = word(value)
  // A signal has no content.
  if (value === true || said === '{}') return kind
  const isBlob = (kind === 'audio' || kind === 'video') && typeof value === 'object' && value !== null
  return `${kind} ${isBlob ? inWords(value, 'data', 'mimeType') : said}`
}

function turnsLabel({ turns = [], turnComplete, ...others }: Required<WireMessage>['clientContent']): string {
  const said = turns.map(contentLabel).join(', ')
  return inWords({ ...others, said: turnComplete ? `${said}, a turn that is complete` : said }, 'said')
}

function responsesLabel({
  functionResponses = [],
  ...others
}: Required<WireMessage>['toolResponse']): string {
  const said = functionResponses.map((each) => inWords(each, 'id', 'name', 'response')).join()
  return inWords({ ...others, said }, 'said')
}

function updateLabel({ systemInstruction, ...others }: Required<WireMessage>['contextUpdate']): string {
  if (!systemInstruction) return word(others)
  return inWords({ ...others, said: contentLabel(systemInstruction) }, 'said')
}

function contentLabel({ parts = [], ...content }: Content): string {
  const said = parts.map((part) => inWords(part, 'text')).join(', ')
  return inWords({ ...content, said }, 'role', 'said')
}

/** Describes the fields of an object: the values of the named ones, even if missing, then all others with their names. */
function inWords(body: object, ...names: readonly string[]): string {
  const fields = fieldsOf(body)
  const values = new Map(fields)
  const others = fields.filter(([name]) => !names.includes(name)).map(fieldLabel)
  return [...names.map((name) => word(values.get(name))), ...others].filter(Boolean).join(' ')
}

const fieldLabel = ([name, value]: readonly [string, unknown]): string => `${name} ${word(value)}`

/** A label for each field, in the order of their names. */
export const fieldLabels = (body: object): string[] => fieldsOf(body).map(fieldLabel)

/** A string as it is, anything else as JSON. */
const word = (value: unknown): string =>
  typeof value === 'string' ? value : `${JSON.stringify(value, sorted)}`

/** Sorts the fields, because no wire keeps their order. */
const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(fieldsOf(value))
    : value

const fieldsOf = (body: object): [name: string, value: unknown][] =>
  Object.entries(body)
    .filter(([, value]) => value !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1))

export const labelOf = ([type, body]: ClientMessage): string => clientLabel({ [type]: body })

/** Describes the calls and cancellations in a message from the server, in one label for each kind. */
export function serverLabel({ toolCall, toolCallCancellation }: ServerMessage): string[] {
  const calls = (toolCall?.functionCalls ?? []).map(
    ({ args, ...each }) => `call ${inWords({ ...each, said: argsLabel(args) }, 'id', 'name', 'said')}`,
  )
  const ids = toolCallCancellation?.ids ?? []
  return [calls.join(' and '), ids.length > 0 ? `cancellation ${ids.join(' and ')}` : ''].filter(Boolean)
}

/** The kit's own calls have a single argument, `text`. */
function argsLabel(args: object | undefined): string {
  const [[name, said] = [], ...others] = fieldsOf(args ?? {})
  return name === 'text' && others.length === 0 ? word(said) : word(args)
}

/** Shortens a long label to its beginning, its length and a checksum, by which two long labels can be told apart. */
export function brief(label: string): string {
  if (label.length <= 160) return label
  let sum = 0
  for (let index = 0; index < label.length; index++) sum = (sum * 31 + label.charCodeAt(index)) | 0
  return `${label.slice(0, 20)}… (${label.length} characters, sum ${sum >>> 0})`
}
