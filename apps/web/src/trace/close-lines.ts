import { classifyClose } from '@livegate/core/close'
import type { FactOf } from './fact.ts'

/**
 * What a close was, and what to do, each a line. None of a session that was ended from here, or as sessions are ended: also 1000 can stand
 * for a connection that was cut short.
 *
 * @param hadSession the server had accepted the setup.
 */
export function closeLines(
  { code, reason }: Pick<FactOf<'closed'>, 'code' | 'reason'>,
  hadSession: boolean,
): readonly string[] {
  const { cause, remedy } = classifyClose({ code, reason })
  if (code === undefined || cause === 'ended') return []
  const what = reason ? `${code} ${reason}` : `${code}`
  if (hadSession) {
    // No server sends it: it stands for a connection without a close (RFC 6455, section 7.1.5).
    const line = code === 1006 ? 'The connection was cut (1006).' : `The server closed the session: ${what}`
    return [line, remedy]
  }
  // The remedy for a session that lost its connection speaks of going on with it.
  if (cause === 'connection-lost') {
    return [
      `There is no connection: the server refused it, or cannot be reached (${what}).`,
      'Wait a little, and try again.',
    ]
  }
  return [`The server refused the session: ${what}`, remedy]
}
