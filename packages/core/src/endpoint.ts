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

// Every platform has it, but it is not part of the language.
declare const URL: { canParse(url: string): boolean }

/** Stands for a value that may be a secret. */
const hidden = '…'

/**
 * Returns the address of a Live connection: `v1beta` of the Gemini API, or `v1alpha` for an ephemeral token, because the SDK knows them
 * only there (js-genai 3.1, `live.ts`). Google's guide names `v1beta` since August 2026: to ask for it, pass its address as `url`. The
 * address contains the credential: see {@link withoutSecrets}.
 *
 * @throws {LivegateError} `invalid-options`, naming the field but not its value.
 */
export function endpointOf({ apiKey, accessToken, url }: EndpointOptions): string {
  // For example the promise of a token that nobody awaited.
  mustBe(typeof (apiKey ?? '') === 'string', 'apiKey', 'a string', typeName(apiKey))
  mustBe(typeof (accessToken ?? '') === 'string', 'accessToken', 'a string', typeName(accessToken))
  mustBe(!(apiKey && accessToken), 'accessToken', 'left out beside apiKey', hidden)
  // Read from a file, a credential ends with a line break.
  const credential = (apiKey || accessToken)?.trim()
  mustBe(credential || url, 'apiKey', 'given, or accessToken, or url', hidden)
  const [version, constrained, name] = accessToken
    ? ['alpha', 'Constrained', 'access_token']
    : ['beta', '', 'key']
  const [, scheme, host, path, query] =
    /^(?:http|ws)(s?:)\/\/([^/?#\s]+)\/?([^?#\s]*)(\??[^#\s]*)$/i.exec(
      url ?? 'https://generativelanguage.googleapis.com',
    ) ?? []
  const address = `ws${scheme?.toLowerCase()}//${host}/${path || `ws/google.ai.generativelanguage.v1${version}.GenerativeService.BidiGenerateContent${constrained}`}${query}`
  // The expression cannot tell an impossible port or host.
  mustBe(host && URL.canParse(address), 'url', 'an address, as ws://host:8787 or https://host/path', hidden)
  return credential ? `${address}${query ? '&' : '?'}${name}=${encodeURIComponent(credential)}` : address
}

/** Credentials as they are written in addresses and headers. */
const written = /(?<=[?&](?:key|access_token)=|Bearer )[^&\s"'#]+|(?<=\/\/)[^/\s@]+(?=@)/gi

/**
 * Removes credentials from a text such as an error's message: those in addresses and headers, and the given ones, with those in the `url`,
 * also where their signs are escaped as in an address or in JSON.
 */
export function withoutSecrets(
  text: string,
  {
    apiKey,
    accessToken,
    url,
    headers,
  }: EndpointOptions & { readonly headers?: Readonly<Record<string, string>> | undefined } = {},
): string {
  let clean = text.replace(written, hidden)
  const given = [apiKey, accessToken, ...Object.values({ ...headers }), ...`${url}`.matchAll(written)].join(
    '\n',
  )
  // Of a header, what follows its scheme. A shorter one is no credential, such as the `key` of a test, and may be a word of the text.
  for (const [secret] of given.matchAll(/(?<!\S)\S{6,}(?=\s*$)/gm)) {
    clean = clean.replaceAll(secret, hidden)
    // No two of the alternatives begin alike, so that a text of signs is not tried in every way.
    clean = clean.replace(new RegExp(secret.replace(/%..|\W/g, '(%..|\\\\.|[^%\\w\\\\])'), 'gi'), hidden)
  }
  return clean
}
