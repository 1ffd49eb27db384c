import { LivegateError } from './livegate-error.ts'

/** Which server a connection goes to, and the credential for it. */
export interface EndpointOptions {
  /** Of the Gemini API. */
  readonly apiKey?: string
  /** An ephemeral token of the Gemini API: `auth_tokens/…`. */
  readonly accessToken?: string
  /**
   * A server other than Google's Gemini API, `ws:` or `http:`. With a path it is used as it is; without one the path of the API is added.
   * A credential given beside it is added too.
   */
  readonly url?: string
}

/**
 * The address of a Live connection: of the Gemini API `v1beta`, with an ephemeral token `v1alpha`, which is the one that takes them
 * (js-genai 3.1, `live.ts`; Live API reference). It holds the credential: {@link withoutSecrets}.
 *
 * @throws {LivegateError} `invalid-options`, naming the field, without what it holds.
 */
export function endpointOf({ apiKey, accessToken, url }: EndpointOptions): string {
  if (apiKey && accessToken) throw wrong('accessToken', 'left out beside apiKey')
  // Read from a file, it has the end of its line.
  const credential = (apiKey || accessToken)?.trim()
  if (!credential && !url) throw wrong('apiKey', 'given, or accessToken, or url')
  const [version, method, name] = accessToken
    ? ['v1alpha', 'BidiGenerateContentConstrained', 'access_token']
    : ['v1beta', 'BidiGenerateContent', 'key']
  const [, scheme, host, path, query] =
    /^(?:http|ws)(s?:)\/\/([^/?#\s]+)\/?([^?#\s]*)(\?[^#\s]*)?$/i.exec(
      url ?? 'https://generativelanguage.googleapis.com',
    ) ?? []
  if (!host) throw wrong('url', 'an address, as ws://host:8787 or https://host/path')
  const address = `ws${scheme?.toLowerCase()}//${host}/${path || `ws/google.ai.generativelanguage.${version}.GenerativeService.${method}`}${query ?? ''}`
  return credential ? `${address}${query ? '&' : '?'}${name}=${encodeURIComponent(credential)}` : address
}

/** A text, such as an error's message, without any credentials that addresses and headers carry, and without those given. */
export function withoutSecrets(text: string, { apiKey, accessToken }: EndpointOptions = {}): string {
  let clean = text.replace(/([?&](?:key|access_token)=|Bearer )[^&\s"'#]+/g, '$1…')
  for (const secret of [apiKey?.trim(), accessToken?.trim()])
    if (secret) clean = clean.replaceAll(secret, '…')
  return clean
}

/** Says whether there is a value, never which: it may be a secret. */
function wrong(field: string, expected: string): LivegateError {
  return new LivegateError('invalid-options', field, expected, '…')
}
