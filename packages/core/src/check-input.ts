import { mustBe } from './livegate-error.ts'
import { type InputKind, inputKind, type MediaBlob, type RealtimeInput } from './realtime-input.ts'
import { typeName } from './type-name.ts'

/**
 * The media types that a server reads; in lower case, because js-genai refuses others. It would refuse them only when they are sent, and
 * then input that had waited would be lost.
 */
const mediaTypes = { audio: [/^audio\/pcm\b/, 'audio/pcm'], video: [/^image\//, 'image/*'] } as const

const types = { text: 'string', activityStart: 'object', activityEnd: 'object', audioStreamEnd: 'boolean' }

/** The audio type that was accepted last. A microphone repeats it 50 times a second, and comparing is cheaper than matching. */
let knownType = 'audio/pcm;rate=16000'

/**
 * Checks an input before it is offered: media must be base64 in a string, audio PCM, pictures `image/*`.
 *
 * @returns the kind of the input.
 * @throws {LivegateError} `invalid-input`, naming the field and what it holds; also when no known field is set, or more
 * than one.
 */
export function checkInput(input: RealtimeInput): InputKind {
  const audio = input?.audio
  // The fast path, for every microphone frame but the first: no loop, no allocation, and short enough to be inlined.
  return audio &&
    audio.mimeType === knownType &&
    typeof audio.data === 'string' &&
    (input.video ?? input.media ?? input.text ?? input.activityStart ?? input.activityEnd) == null &&
    !input.audioStreamEnd
    ? 'audio'
    : inspect(input)
}

function inspect(input: RealtimeInput): InputKind {
  mustBe(typeof input === 'object' && input, 'input', 'an object', typeName(input), 'invalid-input')
  const kind = inputKind(input)
  if (kind === 'audio' || kind === 'video') {
    const field = input.media ? 'media' : kind
    const { data, mimeType }: MediaBlob = input[field] ?? {}
    const [type, ofKind] = mediaTypes[kind]
    const expected = input.media ? 'audio/pcm or image/*' : ofKind
    const shown = typeName(data ?? input[field])
    mustBe(typeof data === 'string', `${field}.data`, 'base64 in { data, mimeType }', shown, 'invalid-input')
    mustBe(mimeType && type.test(mimeType), `${field}.mimeType`, expected, mimeType, 'invalid-input')
    if (kind === 'audio') knownType = mimeType
  } else {
    const value = input[kind]
    mustBe(typeof value === types[kind], kind, `of type ${types[kind]}`, typeName(value), 'invalid-input')
  }
  return kind
}
