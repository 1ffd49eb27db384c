import * as sdk3 from '@google/genai'
import * as sdk2 from '@google/genai-2'

/** The majors that the peer range promises. The types of one stand for both: the adapter takes whatever has the shape. */
export const sdks: readonly (readonly [version: string, sdk: typeof sdk3])[] = [
  ['3.x', sdk3],
  ['2.x', sdk2 as unknown as typeof sdk3],
]
