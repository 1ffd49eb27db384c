/**
 * Says what is wrong with a frame; `undefined` if it is a JSON object. A `Blob` cannot be read synchronously and passes unchecked; it
 * comes only from a socket whose `binaryType` could not be set.
 */
export function frameProblem(data: unknown): string | undefined {
  const isBytes = data instanceof ArrayBuffer || data instanceof Uint8Array
  if (typeof data !== 'string' && !isBytes) return undefined
  try {
    const message: unknown = JSON.parse(isBytes ? new TextDecoder().decode(data) : data)
    const isObject = typeof message === 'object' && message !== null && !Array.isArray(message)
    return isObject ? undefined : 'it is not an object'
  } catch {
    // The parser's message would quote the frame, which may hold a transcript.
    return 'it is not JSON'
  }
}
