import * as sdk3 from '@google/genai'
import * as sdk2 from '@google/genai-2'

/** The major versions in the peer range, under the types of one of them: the adapter takes any SDK of that shape. */
export const sdks: readonly (readonly [version: string, sdk: typeof sdk3])[] = [
  ['3.x', sdk3],
  ['2.x', sdk2 as unknown as typeof sdk3],
]
