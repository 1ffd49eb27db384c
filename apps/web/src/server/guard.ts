import type { IncomingMessage } from 'node:http'

/**
 * Returns why a request is refused, or `undefined`. This server mints tokens that cost money, and every program on the machine can reach
 * it. The `Origin` header keeps out the pages of other sites, and the `Host` header those that rebind a name to this address.
 */
export function refusal({ headers }: Pick<IncomingMessage, 'headers'>, port: number): string | undefined {
  // Browsers omit the default port of HTTP.
  const end = port === 80 ? '' : `:${port}`
  const hosts = ['127.0.0.1', 'localhost', '[::1]'].map((name) => name + end)
  const { host = '', origin } = headers
  if (!hosts.includes(host)) return `this server is for http://127.0.0.1:${port}`
  if (origin !== undefined && origin !== `http://${host}`) return 'this server is for its own page'
  return undefined
}

/** Returns the strictest headers that the page can live with: nothing inline, and no other server but that of the conversation. */
export function securityHeaders(host: string, liveOrigin: string | undefined): Record<string, string> {
  const connect = ["'self'", `ws://${host}`, ...(liveOrigin === undefined ? [] : [liveOrigin])]
  return {
    'content-security-policy': [
      "default-src 'self'",
      `connect-src ${connect.join(' ')}`,
      "object-src 'none'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
    'permissions-policy': 'microphone=(self), camera=(), geolocation=()',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-cache',
  }
}
