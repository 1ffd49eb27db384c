import type { LiveCallbacks } from '@google/genai'
import type { Connection } from '@livegate/core/session'
import { withoutSecrets } from '@livegate/core/wire'
import { attempt } from './attempt.ts'

/** The caller's callbacks, looked up when they are needed, as the SDK does, and told after the session (G1). */
export function wrapCallbacks(
  callbacks: LiveCallbacks,
  connection: Connection,
  onFailure: (error: unknown) => void,
): LiveCallbacks {
  const guarded = (run: () => unknown): void => attempt(run, onFailure)
  /** What the socket said before it closed, which says why where the close does not. */
  let failure = ''
  return {
    onopen: () => guarded(() => callbacks.onopen?.()),
    onmessage: (message) => {
      // Until `connect` resolves, there is nothing to send with; so it is that which says when the setup is complete.
      const { setupComplete: _, ...rest } = message
      connection.receive(rest)
      guarded(() => callbacks.onmessage(message))
    },
    onerror: (event) => {
      // Browsers say nothing.
      failure = withoutSecrets(event.message ?? '')
      guarded(() => callbacks.onerror?.(event))
    },
    onclose: (event) => {
      const { code, reason } = event
      connection.closed({ code, reason: reason || failure })
      guarded(() => callbacks.onclose?.(event))
    },
  }
}
