import { type CloseCause, classifyClose } from '@livegate/core/close'
import type { FactOf } from './fact.ts'

/** What a visitor can do. For other causes Livegate's own remedy, which is for programmers, says it well enough. */
const remedies: { readonly [cause in CloseCause]?: string } = {
  aborted: 'Start again.',
  'connection-lost': 'Start again.',
  'not-implemented':
    'It takes no input while a call is pending. Livegate holds input until the call is answered.',
  'server-failed': 'Wait a little, and start again.',
  'time-over': 'Start again.',
}

/**
 * Says in lines why a session closed and what to do. Returns no line for a session that the page ended, or that ended normally; code 1000
 * can also stand for a connection that was cut short.
 *
 * @param hadSession the server had accepted the setup.
 */
export function closeLines(
  { code, reason }: Pick<FactOf<'closed'>, 'code' | 'reason'>,
  hadSession: boolean,
): readonly string[] {
  const { cause, remedy: fallback } = classifyClose({ code, reason })
  if (code === undefined || cause === 'ended') return []
  const what = reason ? `${code} ${reason}` : `${code}`
  const remedy = remedies[cause] ?? fallback
  if (hadSession) {
    // No server sends 1006: it stands for a connection that ended without a close frame (RFC 6455, section 7.1.5).
    const line = code === 1006 ? 'The connection was cut (1006).' : `The server closed the session: ${what}`
    return [line, remedy]
  }
  if (cause === 'connection-lost') {
    return [
      `There is no connection: the server refused it, or cannot be reached (${what}).`,
      'Wait a little, and start again.',
    ]
  }
  return [`The server refused the session: ${what}`, remedy]
}
