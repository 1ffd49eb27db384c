import { mustBe } from '@livegate/core/session'

/** The rate in Hz of audio whose type names none, as on Vertex. */
const defaultRate = 24_000

/**
 * Returns the sample rate in Hz of a MIME type such as `audio/pcm;rate=24000`; 24000 if it names none. The audio is 16-bit little-endian
 * mono.
 *
 * @throws {LivegateError} `unsupported-audio`, for any other type.
 */
export function pcmRate(given: string | null | undefined): number {
  const mimeType = `${given ?? ''}`
  const [type, ...parameters] = mimeType
    .toLowerCase()
    .split(';')
    .map((part) => part.replace(/[\s"]/g, ''))
  const values = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]))
  const rate = Number(values.get('rate') ?? defaultRate)
  const isMono = (values.get('channels') ?? '1') === '1'
  mustBe(
    type === 'audio/pcm' && isMono && Number.isInteger(rate) && rate >= 4000 && rate <= 192_000,
    'mimeType',
    'mono audio/pcm at a rate from 4000 to 192000; ask the model for AUDIO or play this yourself',
    mimeType,
    'unsupported-audio',
  )
  return rate
}
