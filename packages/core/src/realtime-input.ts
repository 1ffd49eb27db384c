import { LivegateError } from './livegate-error.ts'

/** Media as the wire carries it: base64 in `data`, its type in `mimeType`. */
export interface MediaBlob {
  readonly data?: string
  /** For audio `audio/pcm;rate=16000` (16-bit little-endian mono; 16000 Hz when no rate is given), for video `image/*`. */
  readonly mimeType?: string
}

/** The media or text of an input; both fields are absent in a signal. */
export interface Payload extends Omit<MediaBlob, 'data'> {
  readonly data?: string | undefined
}

/**
 * One input to the model: the body of the wire's `realtimeInput` message, with exactly one of its fields set. A field that is
 * `undefined`, `null` or `false` counts as absent.
 */
export interface RealtimeInput {
  readonly audio?: MediaBlob
  readonly video?: MediaBlob
  /** The old name for audio and video alike; its MIME type decides which. */
  readonly media?: MediaBlob
  readonly text?: string
  readonly activityStart?: object
  readonly activityEnd?: object
  readonly audioStreamEnd?: boolean
}

export const inputKinds = [
  'audio',
  'video',
  'text',
  'activityStart',
  'activityEnd',
  'audioStreamEnd',
] as const

/** What an input is; the old `media` is `audio` or `video`. */
export type InputKind = (typeof inputKinds)[number]

/**
 * The kind of an input, by the field that is set. The field's content is not checked; {@link checkInput} does that.
 *
 * @throws {LivegateError} `invalid-input`, when no known field is set, or more than one.
 */
export function inputKind(input: RealtimeInput): InputKind {
  const present = inputKinds.filter((kind) => (input[kind] ?? false) !== false)
  if (input.media) present.push(input.media.mimeType?.startsWith('image') ? 'video' : 'audio')
  const [kind, another] = present
  if (kind && !another) return kind
  throw new LivegateError('invalid-input', 'input', `one of ${inputKinds}`, Object.keys(input))
}

/** Milliseconds of audio in base64 PCM (16-bit mono; 16000 Hz when the type names no rate). */
export function pcmDurationMs({ data = '', mimeType = '' }: Payload): number {
  const bytes = (data.replace(/=/g, '').length * 3) >> 2
  return (bytes * 500) / (Number(/rate=(\d+)/.exec(mimeType)?.[1]) || 16_000)
}
