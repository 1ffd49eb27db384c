import { mustBe } from './failure.ts'

/** The rate of the model's speech where its type names none, as on Vertex; in Hz. */
const defaultRate = 24_000

/**
 * The samples per second of audio with a MIME type such as `audio/pcm;rate=24000`: 16-bit little-endian mono; 24000 when no rate is said.
 *
 * @throws {LivegateError} `unsupported-audio`, for whatever else.
 */
export function pcmRate(mimeType = ''): number {
  const [type, ...parameters] = mimeType
    .toLowerCase()
    .split(';')
    .map((part) => part.replace(/[\s"]/g, ''))
  const said = new Map(parameters.map((parameter) => parameter.split('=', 2) as [string, string]))
  const rate = Number(said.get('rate') ?? defaultRate)
  const isMono = (said.get('channels') ?? '1') === '1'
  mustBe(
    type === 'audio/pcm' && isMono && Number.isInteger(rate) && rate >= 4000 && rate <= 192_000,
    'mimeType',
    'audio/pcm in mono, its rate from 4000 to 192000; ask the model for AUDIO or play this yourself',
    mimeType,
    'unsupported-audio',
  )
  return rate
}
