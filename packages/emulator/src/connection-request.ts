import type { IncomingMessage } from 'node:http'
import type { ProfileName } from './profile.ts'

/** How a client asked for its connection. Of its credential only the kind is kept. */
export interface ConnectionRequest {
  readonly api: 'gemini' | 'vertex'
  /** The version in the path, say `v1beta`. */
  readonly version: string
  /** Whether it asked for the method for ephemeral tokens, BidiGenerateContentConstrained. */
  readonly constrained: boolean
  /** `key`: an API key; `token`: an ephemeral token; `bearer`: an OAuth token. In the query or in a header. */
  readonly credential: 'key' | 'token' | 'bearer' | 'none'
}

// Any version, any prefix, slashes doubled or not: the JavaScript SDK puts two in front of `ws`, and its default version
// has changed between releases. Gemini API and Vertex AI differ in what stands before the method.
const livePath =
  /\/ws\/google\.(ai\.generativelanguage|cloud\.aiplatform)\.([^./]+)\.(?:GenerativeService\.BidiGenerateContent(Constrained)?|LlmBidiService\/BidiGenerateContent)$/

/** Undefined for a request of anything else. The credential is looked at here and forgotten. */
export function readConnectionRequest({
  url = '',
  headers,
}: Pick<IncomingMessage, 'url' | 'headers'>): ConnectionRequest | undefined {
  const [path = '', query = ''] = url.split('?', 2)
  const match = livePath.exec(path.replace(/\/{2,}/g, '/'))
  if (match === null) return undefined
  return {
    api: match[1] === 'cloud.aiplatform' ? 'vertex' : 'gemini',
    version: match[2] ?? '',
    constrained: match[3] !== undefined,
    credential: credentialOf(new URLSearchParams(query), headers),
  }
}

/** What is odd about a client of one API at a server that stands in for the other. */
export function mismatchOf({ api }: ConnectionRequest, profile: ProfileName): string | undefined {
  if ((api === 'vertex') === (profile === 'vertex')) return undefined
  return `a client of ${api === 'vertex' ? 'Vertex AI' : 'the Gemini API'}, but the profile is ${profile}`
}

/** Python sends an ephemeral token in two headers, one of them that of an API key. */
function credentialOf(
  query: URLSearchParams,
  headers: IncomingMessage['headers'],
): ConnectionRequest['credential'] {
  const { authorization = '', 'x-goog-api-key': key } = headers
  if (query.has('access_token') || /^token\s/i.test(authorization)) return 'token'
  if (/^bearer\s/i.test(authorization)) return 'bearer'
  if (query.has('key') || key !== undefined) return 'key'
  return 'none'
}
