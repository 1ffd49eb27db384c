import type { LiveCallbacks } from '@google/genai'
import type { Connection } from '@livegate/core/session'
import { attempt } from './attempt.ts'

/** The caller's callbacks, looked up when they are needed, as the SDK does, and told after the session (G1). */
export function wrapCallbacks(
  callbacks: LiveCallbacks,
  connection: Connection,
  onFailure: (error: unknown) => void,
): LiveCallbacks {
  const guarded = (run: () => unknown): void => attempt(run, onFailure)
  return {
    onopen: () => guarded(() => callbacks.onopen?.()),
    onmessage: (message) => {
      // Until `connect` resolves, there is nothing to send with; so it is that which says when the setup is complete.
      const { setupComplete: _, ...rest } = message
      connection.receive(rest)
      guarded(() => callbacks.onmessage(message))
    },
    onerror: (event) => guarded(() => callbacks.onerror?.(event)),
    onclose: (event) => {
      connection.closed(event)
      guarded(() => callbacks.onclose?.(event))
    },
  }
}
