import type { ClientMessages, ServerMessage } from '@livegate/core/session'

/** A message of the client, as it is given to `Transport.send`. */
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
const audioStreamEnd: ClientMessage = ['realtimeInput', { audioStreamEnd: true }]

/** What a server takes from a session alone whose setup says that the client marks its turns. */
const bracket: readonly ClientMessage[] = [
  ['realtimeInput', { activityStart: {} }],
  ['realtimeInput', { activityEnd: {} }],
]

/**
 * So many messages of every kind; those that say something each say something of their own.
 *
 * @param withBrackets whether the client marks its turns.
 */
export function assortment(length: number, withBrackets: boolean): ClientMessage[] {
  const kinds = [
    text,
    // Three samples that spell the number.
    (word: string) => audio(word.padStart(8, 'A'), 16_000),
    content,
    response,
    ...[video, contextUpdate, audioStreamEnd, ...(withBrackets ? bracket : [])].map(
      (message) => () => message,
    ),
  ]
  return Array.from({ length }, (_, index) => (kinds[index % kinds.length] ?? text)(`m${index}`))
}

/** A second of audio in one message: 24 000 samples. */
export function secondOfAudio(): ClientMessage {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  const data = Array.from({ length: 64_000 }, (_, index) => alphabet[(index * index + 7 * index) % 64]).join(
    '',
  )
  return audio(data, 24_000)
}

/** Text of so many characters, some of which take two bytes and some four, and some that end a line, also where JSON leaves them. */
export function longText(characters: number): string {
  const line = 'The weather in Dún Laoghaire: 12 °C, light rain ☔\u2028and a 🌈.\n'
  return line.repeat(Math.ceil(characters / line.length)).slice(0, characters)
}

export const call = (id: string, said = ''): object => ({
  toolCall: { functionCalls: [{ id, name: 'take_note', args: { text: said } }] },
})

export const cancellation = (id: string): object => ({ toolCallCancellation: { ids: [id] } })

interface WireMessage {
  readonly realtimeInput?: { readonly text?: string; readonly audio?: { readonly data?: string } }
  readonly clientContent?: {
    readonly turns?: readonly { readonly parts?: readonly { readonly text?: string }[] }[]
    readonly turnComplete?: boolean
  }
  readonly toolResponse?: {
    readonly functionResponses?: readonly {
      readonly id?: unknown
      readonly name?: unknown
      readonly response?: unknown
    }[]
  }
}

/** A message of the client in words, whole: two that differ in what they say have two labels. Of pictures and signals it has the kind. */
export function clientLabel(message: object): string {
  const { realtimeInput, clientContent, toolResponse }: WireMessage = message
  if (realtimeInput?.text !== undefined) return `text ${realtimeInput.text}`
  if (realtimeInput?.audio) return `audio ${realtimeInput.audio.data}`
  if (clientContent) {
    const parts = clientContent.turns?.flatMap((turn) => turn.parts ?? []) ?? []
    const said = `clientContent ${parts.map((part) => part.text).join('')}`
    return clientContent.turnComplete ? `${said}, a turn that is complete` : said
  }
  if (toolResponse) {
    const responses = toolResponse.functionResponses ?? []
    return `toolResponse ${responses.map(({ id, name, response }) => `${id} ${name} ${JSON.stringify(response)}`)}`
  }
  if (realtimeInput) return Object.keys(realtimeInput).join(' and ') || 'an empty input'
  return Object.keys(message).join(' and ') || 'an empty message'
}

export const labelOf = ([type, body]: ClientMessage): string => clientLabel({ [type]: body })

/** The labels of a message of the server; none where it neither calls nor cancels. */
export function serverLabel({ toolCall, toolCallCancellation }: ServerMessage): string[] {
  const calls = toolCall?.functionCalls ?? []
  return [
    ...calls.map(({ id, args }) => (args?.text ? `call ${id} ${args.text}` : `call ${id}`)),
    ...(toolCallCancellation?.ids ?? []).map((id) => `cancellation ${id}`),
  ]
}

/** The beginning of a label that is long; its length and a sum stand for the rest, so that two that differ are seen to. */
export function brief(label: string): string {
  if (label.length <= 60) return label
  let sum = 0
  for (let index = 0; index < label.length; index++) sum = (sum * 31 + label.charCodeAt(index)) | 0
  return `${label.slice(0, 20)}… (${label.length} characters, sum ${sum >>> 0})`
}
