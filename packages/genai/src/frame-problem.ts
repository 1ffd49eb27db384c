/** Getters of the SDK's `LiveServerMessage`. It assigns a message's fields to one, so that these names throw (seen with 2.32 and 3.3). */
const unreadable = ['text', 'data'] as const

/** As the SDK reads bytes: with a byte order mark, which no JSON has. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/**
 * Says what is wrong with a frame; `undefined` if it is a JSON object that the SDK can read. A `Blob` cannot be read synchronously and
 * passes unchecked; it comes only from a socket whose `binaryType` could not be set.
 *
 * @param isEarly whether the SDK has sent nothing yet: it has no session then that a `setupComplete` could be put in (seen with 3.3).
 */
export function frameProblem(data: unknown, isEarly?: boolean): string | undefined {
  // The bytes of `ws` are no instances of this realm's `Uint8Array` in test runners that emulate a browser.
  const isBytes = data instanceof ArrayBuffer || ArrayBuffer.isView(data)
  if (typeof data !== 'string' && !isBytes) return undefined
  try {
    const message: unknown = JSON.parse(isBytes ? decoder.decode(data as Uint8Array) : data)
    if (typeof message !== 'object' || message === null || Array.isArray(message))
      return 'it is not an object'
    if (isEarly && 'setupComplete' in message) return 'it came before the setup'
    const field = unreadable.find((name) => name in message)
    return field && `the SDK cannot read its field ${field}`
  } catch {
    // The parser's message would quote the frame, which may hold a transcript.
    return 'it is not JSON'
  }
}
