import { mustBe } from '@livegate/core/session'

/** The rate of the model's speech in Hz, also where its type names none, as on Vertex. */
export const speechRate = 24_000

/**
 * Returns the sample rate in Hz of a MIME type such as `audio/pcm;rate=24000`; 24000 if it names none. The audio is 16-bit little-endian
 * mono.
 *
 * @throws {LivegateError} `unsupported-audio`, for any other type.
 */
export function pcmRate(type: string | null | undefined): number {
  const mimeType = String(type ?? '')
  const [name, ...parameters] = mimeType.toLowerCase().replace(/[\s"]/g, '').split(';')
  const { rate: given = speechRate, channels = '1' } = Object.fromEntries(
    parameters.map((parameter) => parameter.split('=', 2) as [string, string]),
  )
  const rate = Number(given)
  mustBe(
    name === 'audio/pcm' && channels === '1' && Number.isInteger(rate) && rate >= 4000 && rate <= 192_000,
    'mimeType',
    'mono audio/pcm at a rate from 4000 to 192000; ask the model for AUDIO or play this yourself',
    mimeType,
    'unsupported-audio',
  )
  return rate
}
