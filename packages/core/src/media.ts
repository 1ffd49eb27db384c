import { mustBe } from './livegate-error.ts'
import { toBase64 } from './platform.ts'
import type { MediaBlob, RealtimeInput } from './realtime-input.ts'
import { typeName } from './type-name.ts'

/** Media as base64, bytes or samples. */
export interface MediaSource {
  readonly data?: string | Uint8Array | Int16Array | undefined
  readonly mimeType?: string | undefined
}

/** What an adapter's `sendRealtimeInput` takes: an input whose media may be bytes. */
export interface LiveInput {
  /** Bare samples are 16-bit little-endian mono PCM of 16 kHz. */
  readonly audio?: MediaSource | Uint8Array | Int16Array | undefined
  readonly video?: MediaSource | undefined
  /** The old name for audio and video alike; its MIME type decides which. */
  readonly media?: MediaSource | undefined
  readonly text?: string | undefined
  readonly activityStart?: object | undefined
  readonly activityEnd?: object | undefined
  readonly audioStreamEnd?: boolean | undefined
}

/** The type of samples that are given without one: at the rate that the server uses itself, without resampling (Live API guide). */
const pcmType = 'audio/pcm;rate=16000'

/** Media that were encoded here, so that nothing in `data` needs an escape in JSON. */
export class EncodedMedia implements MediaBlob {
  declare readonly data: string
  declare readonly mimeType: string

  constructor(data: Uint8Array | Int16Array, mimeType: string) {
    this.data = toBase64(
      data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    )
    this.mimeType = mimeType
  }
}

/**
 * Encodes the media of an input as base64. Data of any other type is left as it is, for {@link checkInput} to refuse.
 *
 * @throws {LivegateError} `invalid-input`, if the bytes of audio are not whole samples.
 */
export function toRealtimeInput(input: LiveInput): RealtimeInput {
  const field = input?.audio ? 'audio' : input?.video ? 'video' : 'media'
  const given = input?.[field]
  const { data, mimeType = '' }: MediaSource = isBytes(given)
    ? { data: given, mimeType: pcmType }
    : (given ?? {})
  if (!isBytes(data)) return input as RealtimeInput
  // The server would end the session for half a sample (1007).
  mustBe(
    !(data.byteLength % 2) || field === 'video' || mimeType.startsWith('image'),
    `${field}.data`,
    'whole 16-bit samples',
    `${data.byteLength} bytes`,
    'invalid-input',
  )
  return { ...input, [field]: new EncodedMedia(data, mimeType) } as RealtimeInput
}

function isBytes(value: unknown): value is Uint8Array | Int16Array {
  // Not `instanceof`: in some test runners, a worker's and Node's own are of another realm.
  return /^(Uint8|Int16)Array$/.test(typeName(value))
}

/** The samples in 16-bit little-endian PCM: a view of the bytes if they are aligned, else a copy. */
export function samplesOf(bytes: Uint8Array): Int16Array {
  const { buffer, byteOffset, byteLength } = bytes.byteOffset % 2 ? new Uint8Array(bytes) : bytes
  return new Int16Array(buffer, byteOffset, byteLength >> 1)
}
