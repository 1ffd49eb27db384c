import type { ProfileName } from './profile.ts'

/** How a client asked for its connection. Keeps only the kind of its credential. */
export interface ConnectionRequest {
  readonly api: 'gemini' | 'vertex'
  /** The version in the path, such as `v1beta`. */
  readonly version: string
  /** Whether it asked for BidiGenerateContentConstrained, the method for ephemeral tokens. */
  readonly constrained: boolean
  /** `key`: an API key; `token`: an ephemeral token; `bearer`: an OAuth token. It may be in the query or in a header. */
  readonly credential: 'key' | 'token' | 'bearer' | 'none'
}

// Accepts any version and any prefix. The default version of the JavaScript SDK has changed between releases, and the SDK
// puts two slashes before `ws`. The Gemini API and Vertex AI differ in what precedes the method.
const livePath =
  /\/ws\/google\.(ai\.generativelanguage|cloud\.aiplatform)\.([^./]+)\.(?:GenerativeService\.BidiGenerateContent(Constrained)?|LlmBidiService\/BidiGenerateContent)$/

/** What is read of Node's `IncomingMessage`, whose own type users of the package would need to have. */
interface UpgradeRequest {
  readonly url?: string | undefined
  readonly headers: {
    readonly authorization?: string | undefined
    readonly 'x-goog-api-key'?: unknown
  }
}

/** Reads a request for a Live connection; undefined for any other path. The credential is not kept. */
export function readConnectionRequest({ url = '', headers }: UpgradeRequest): ConnectionRequest | undefined {
  const [path = '', query = ''] = url.split('?')
  const match = livePath.exec(path.replace(/\/{2,}/g, '/'))
  if (match === null) return undefined
  return {
    api: match[1] === 'cloud.aiplatform' ? 'vertex' : 'gemini',
    version: match[2] ?? '',
    constrained: match[3] !== undefined,
    credential: credentialOf(new URLSearchParams(query), headers),
  }
}

/** Lists what may be wrong with a request: the API of another profile, or a credential for another method. */
export function doubtsAbout(
  { api, version, constrained, credential }: ConnectionRequest,
  profile: ProfileName,
): readonly string[] {
  const doubts: string[] = []
  if ((api === 'vertex') !== (profile === 'vertex'))
    doubts.push(
      `a client of ${api === 'vertex' ? 'Vertex AI' : 'the Gemini API'}, but the profile is ${profile}`,
    )
  // Source: google-gemini/cookbook#821 for v1alpha, which users still had work in August 2026; Google's guide of then asks for v1beta.
  if (credential === 'token' && !(constrained && ['v1alpha', 'v1beta'].includes(version)))
    doubts.push('an ephemeral token needs BidiGenerateContentConstrained of v1alpha or v1beta')
  if (constrained && credential !== 'token')
    doubts.push('BidiGenerateContentConstrained needs an ephemeral token')
  return doubts
}

/** The SDK for Python sends an ephemeral token in two headers, one of which is the header for API keys. */
function credentialOf(
  query: URLSearchParams,
  headers: UpgradeRequest['headers'],
): ConnectionRequest['credential'] {
  const { authorization = '', 'x-goog-api-key': key } = headers
  if (query.has('access_token') || /^token\s/i.test(authorization)) return 'token'
  if (/^bearer\s/i.test(authorization)) return 'bearer'
  if (query.has('key') || key !== undefined) return 'key'
  return 'none'
}
