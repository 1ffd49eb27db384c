import { LivegateError } from './livegate-error.ts'
import { type InputKind, inputKind, type MediaBlob, type RealtimeInput } from './realtime-input.ts'

/**
 * The media types that a server reads. In small letters, as js-genai asks for them: what it refused only when it is sent would
 * be lost if it had waited.
 */
const mediaTypes = { audio: /^audio\/pcm\b/, video: /^image\// }

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
  if (input === null || typeof input !== 'object') throw wrong('input', 'an object', input)
  const { audio } = input
  // The way of every microphone frame but the first: no loop, no allocation.
  if (
    audio &&
    audio.mimeType === knownType &&
    typeof audio.data === 'string' &&
    (input.video ?? input.media ?? input.text ?? input.activityStart ?? input.activityEnd) == null &&
    !input.audioStreamEnd
  ) {
    return 'audio'
  }
  const kind = inputKind(input)
  const value = input[kind]
  switch (kind) {
    case 'audio':
    case 'video':
      checkMedia(kind, input)
      break
    case 'text':
      if (typeof value !== 'string') throw wrong(kind, 'a string', value)
      break
    case 'activityStart':
    case 'activityEnd':
      if (typeof value !== 'object') throw wrong(kind, 'an object', value)
      break
    case 'audioStreamEnd':
      if (value !== true) throw wrong(kind, 'true', value)
  }
  return kind
}

function checkMedia(kind: 'audio' | 'video', input: RealtimeInput): void {
  const field = input.media ? 'media' : kind
  const { data, mimeType }: MediaBlob = input[field] ?? {}
  if (typeof data !== 'string') throw wrong(`${field}.data`, 'base64 in a string', data)
  if (!mediaTypes[kind].test(mimeType ?? '')) {
    const expected = { audio: 'audio/pcm', video: 'image/*', media: 'audio/pcm or image/*' }[field]
    throw wrong(`${field}.mimeType`, expected, mimeType)
  }
  if (kind === 'audio') knownType = mimeType ?? ''
}

function wrong(field: string, expected: string, value: unknown): LivegateError {
  return new LivegateError('invalid-input', field, expected, value)
}
