import type { IncomingMessage } from 'node:http'

/**
 * Why a request is not served, or `undefined`. This server mints tokens that cost money, and listens for every program of the machine:
 * pages of other sites are kept out by the origin that their browsers tell, and those that rebind a name of theirs by the host.
 */
export function refusal({ headers }: Pick<IncomingMessage, 'headers'>, port: number): string | undefined {
  // Browsers leave out the port that HTTP has by itself.
  const end = port === 80 ? '' : `:${port}`
  const hosts = ['127.0.0.1', 'localhost', '[::1]'].map((name) => name + end)
  const { host = '', origin } = headers
  if (!hosts.includes(host)) return `this server is for http://127.0.0.1:${port}`
  if (origin !== undefined && origin !== `http://${host}`) return 'this server is for its own page'
  return undefined
}

/** As strict as the page allows: nothing inline, nothing from elsewhere but the server of the conversation. */
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
