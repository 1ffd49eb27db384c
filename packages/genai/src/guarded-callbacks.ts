import type { LiveCallbacks } from '@google/genai'
import type { Connection } from '@livegate/core/session'
import { attempt } from './attempt.ts'
import { type Clean, cleanTexts } from './clean-texts.ts'

/**
 * Wraps the caller's callbacks. Each is looked up when it is needed, as in the SDK, and called after the session (G1).
 *
 * @param clean removes credentials from what the session and the callbacks are told, as the server may quote them.
 */
export function wrapCallbacks(
  callbacks: LiveCallbacks,
  connection: Connection,
  onFailure: (error: unknown) => void,
  clean: Clean,
): LiveCallbacks {
  const guarded = (run: () => unknown): void => attempt(run, onFailure)
  /** The message of the socket's last error: the reason of a close that gives none. */
  let failure = ''
  return {
    onopen: () => guarded(() => callbacks.onopen?.()),
    onmessage: (message) => {
      connection.receive(message)
      guarded(() => callbacks.onmessage(message))
    },
    onerror: (event) => {
      cleanTexts(event, clean)
      cleanTexts(event.error, clean)
      // Browsers give no message.
      failure = event.message ?? ''
      guarded(() => callbacks.onerror?.(event))
    },
    onclose: (event) => {
      cleanTexts(event, clean)
      const { code, reason } = event
      connection.closed({ code, reason: reason || failure })
      guarded(() => callbacks.onclose?.(event))
    },
  }
}
