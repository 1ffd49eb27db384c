import { mustBe } from './livegate-error.ts'
import { typeName } from './type-name.ts'

/** Which server a connection goes to, and the credential for it. */
export interface EndpointOptions {
  /** A key of the Gemini API. */
  readonly apiKey?: string | undefined
  /** An ephemeral token of the Gemini API, `auth_tokens/…`. */
  readonly accessToken?: string | undefined
  /**
   * The address of a server other than Google's Gemini API: `ws:`, `wss:`, `http:` or `https:`. If it has no path, the API's path is
   * added. The credential, if any, is added in either case.
   */
  readonly url?: string | undefined
}

/** Stands for a value that may be a secret. */
const hidden = '…'

/**
 * Returns the address of a Live connection: `v1beta` of the Gemini API, or `v1alpha` for an ephemeral token, because only that version
 * accepts them (js-genai 3.1, `live.ts`; Live API reference). It contains the credential: see {@link withoutSecrets}.
 *
 * @throws {LivegateError} `invalid-options`, naming the field but not its value.
 */
export function endpointOf({ apiKey, accessToken, url }: EndpointOptions): string {
  for (const [field, given] of Object.entries({ apiKey, accessToken })) {
    // For example the promise of a token that nobody awaited.
    mustBe(typeof (given ?? '') === 'string', field, 'a string', typeName(given))
  }
  mustBe(!(apiKey && accessToken), 'accessToken', 'left out beside apiKey', hidden)
  // Read from a file, a credential ends with a line break.
  const credential = (apiKey || accessToken)?.trim()
  mustBe(credential || url, 'apiKey', 'given, or accessToken, or url', hidden)
  const [version, method, name] = accessToken
    ? ['v1alpha', 'BidiGenerateContentConstrained', 'access_token']
    : ['v1beta', 'BidiGenerateContent', 'key']
  const [, scheme, host, path, query] =
    /^(?:http|ws)(s?:)\/\/([^/?#\s]+)\/?([^?#\s]*)(\?[^#\s]*)?$/i.exec(
      url ?? 'https://generativelanguage.googleapis.com',
    ) ?? []
  mustBe(host, 'url', 'an address, as ws://host:8787 or https://host/path', hidden)
  const address = `ws${scheme?.toLowerCase()}//${host}/${path || `ws/google.ai.generativelanguage.${version}.GenerativeService.${method}`}${query ?? ''}`
  return credential ? `${address}${query ? '&' : '?'}${name}=${encodeURIComponent(credential)}` : address
}

/** Removes credentials from a text such as an error's message: those in addresses and headers, and the given ones. */
export function withoutSecrets(
  text: string,
  {
    apiKey,
    accessToken,
    headers,
  }: EndpointOptions & { readonly headers?: Readonly<Record<string, string>> | undefined } = {},
): string {
  let clean = text.replace(/([?&](?:key|access_token)=|Bearer )[^&\s"'#]+|(?<=\/\/)[^/\s@]+(?=@)/gi, '$1…')
  for (const given of [apiKey, accessToken, ...Object.values({ ...headers })]) {
    // Of a header, what follows its scheme. Without types, its value may be anything.
    const secret = `${given ?? ''}`.trim().replace(/^.* /, '')
    // A shorter one is no credential, such as the `key` of a test, and may be a word of the text.
    if (secret.length > 5) clean = clean.replaceAll(secret, hidden)
  }
  return clean
}
