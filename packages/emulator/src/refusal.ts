/** A request that was refused, or a connection that failed before its request. */
export interface Refusal {
  /** The request's method; absent for a WebSocket handshake. */
  readonly method?: string
  /** The path asked for, without the query, which may contain a key. Absent if there was no request. */
  readonly path?: string
  /** The status of the answer; absent if there was none. */
  readonly status?: number
  /** What is wrong, and what to do about it. */
  readonly problem?: string
}

const livePathForm = '/ws/google.ai.generativelanguage.VERSION.GenerativeService.BidiGenerateContent'

/** What to tell clients that ask for another path. */
export const pathProblems: {
  readonly handshake: string
  readonly request: string
  readonly control: string
} = {
  handshake: `a Live client connects to ${livePathForm}`,
  request: `this server accepts WebSocket connections to ${livePathForm}, and GET /tools/NAME`,
  control: '/control/ is off: set the option control, or pass --control',
}

/** An error of a connection, with the first bytes if they are not an HTTP request. */
export interface ConnectionError extends Error {
  readonly code?: string
  readonly rawPacket?: Uint8Array
}

const firstByteOfTls = 0x16

/**
 * Describes a connection that failed before its request; undefined for one that the client only broke off. `inHandshake`: the
 * error is of a TLS handshake.
 */
export function refusalOfError(
  error: ConnectionError,
  { inHandshake }: { readonly inHandshake: boolean },
): Refusal | undefined {
  const { code = '', message, rawPacket } = error
  if (rawPacket?.[0] === firstByteOfTls) {
    const advice = 'connect to http:// or ws://, or start the emulator with tls (--tls)'
    return { problem: `a TLS handshake at a port without TLS: ${advice}` }
  }
  if (code === 'ERR_SSL_HTTP_REQUEST')
    return { problem: 'a request without TLS at a port with TLS: connect to https:// or wss://' }
  if (/ALERT_(UNKNOWN_CA|BAD_CERTIFICATE|CERTIFICATE_UNKNOWN)/.test(code))
    return { problem: "the client doesn't trust the emulator's certificate" }
  if (code === 'ECONNRESET') {
    const problem = "the client broke off the TLS handshake; it may not trust the emulator's certificate"
    return inHandshake ? { problem } : undefined
  }
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return { status: 408, problem: message }
  if (code.startsWith('HPE_')) return { status: 400, problem: message }
  return code.startsWith('ERR_') ? { problem: message } : undefined
}

/** The body of an answer that refuses a request. */
export function errorBody(error: string): string {
  return `${JSON.stringify({ error })}\n`
}
