import { mustBe } from './livegate-error.ts'
import { type InputKind, inputKind, type MediaBlob, type RealtimeInput } from './realtime-input.ts'

/**
 * The media types that a server reads. In small letters, as js-genai asks for them: what it refused only when it is sent would
 * be lost if it had waited.
 */
const mediaTypes = { audio: [/^audio\/pcm\b/, 'audio/pcm'], video: [/^image\//, 'image/*'] } as const

const types = { text: 'string', activityStart: 'object', activityEnd: 'object', audioStreamEnd: 'boolean' }

/** The audio type seen last: a microphone repeats one string 50 times a second, and to compare is cheaper than to match. */
let knownType = ''

/**
 * Looks at what an input holds, before it is offered: media as base64 in a string, audio as PCM, pictures as `image/*`.
 *
 * @returns the kind of the input.
 * @throws {LivegateError} `invalid-input`, naming the field and what it holds; also when no known field is set, or more
 * than one.
 */
export function checkInput(input: RealtimeInput): InputKind {
  const audio = input?.audio
  // The way of every microphone frame but the first: no loop, no allocation, and short enough to be compiled into its caller.
  return audio &&
    audio.mimeType === knownType &&
    typeof audio.data === 'string' &&
    (input.video ?? input.media ?? input.text ?? input.activityStart ?? input.activityEnd) == null &&
    !input.audioStreamEnd
    ? 'audio'
    : inspect(input)
}

function inspect(input: RealtimeInput): InputKind {
  mustBe(typeof input === 'object' && input, 'input', 'an object', input, 'invalid-input')
  const kind = inputKind(input)
  if (kind === 'audio' || kind === 'video') {
    const field = input.media ? 'media' : kind
    const { data, mimeType }: MediaBlob = input[field] ?? {}
    const [type, ofKind] = mediaTypes[kind]
    const expected = input.media ? 'audio/pcm or image/*' : ofKind
    mustBe(typeof data === 'string', `${field}.data`, 'base64 in a string', data, 'invalid-input')
    mustBe(mimeType && type.test(mimeType), `${field}.mimeType`, expected, mimeType, 'invalid-input')
    if (kind === 'audio') knownType = mimeType
  } else {
    const value = input[kind]
    mustBe(typeof value === types[kind], kind, `of type ${types[kind]}`, value, 'invalid-input')
  }
  return kind
}
