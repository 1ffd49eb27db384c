import type { LiveCallbacks } from '@google/genai'
import type { Connection } from '@livegate/core/session'
import { type EndpointOptions, withoutSecrets } from '@livegate/core/wire'
import { attempt } from './attempt.ts'

/**
 * Wraps the caller's callbacks. Each is looked up when it is needed, as in the SDK, and called after the session (G1).
 *
 * @param secrets are removed from what the session is told.
 */
export function wrapCallbacks(
  callbacks: LiveCallbacks,
  connection: Connection,
  onFailure: (error: unknown) => void,
  secrets: EndpointOptions,
): LiveCallbacks {
  const guarded = (run: () => unknown): void => attempt(run, onFailure)
  /** The message of the socket's last error: the reason of a close that gives none. */
  let failure = ''
  return {
    onopen: () => guarded(() => callbacks.onopen?.()),
    onmessage: (message) => {
      // The setup counts as complete once `connect` has resolved: before that there is nothing to send with.
      const { setupComplete: _, ...rest } = message
      connection.receive(rest)
      guarded(() => callbacks.onmessage(message))
    },
    onerror: (event) => {
      // Browsers give no message.
      failure = event.message ?? ''
      guarded(() => callbacks.onerror?.(event))
    },
    onclose: (event) => {
      const { code, reason } = event
      connection.closed({ code, reason: withoutSecrets(reason || failure, secrets) })
      guarded(() => callbacks.onclose?.(event))
    },
  }
}
