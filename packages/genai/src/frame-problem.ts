/**
 * What is wrong with a frame, in words; `undefined` when it is a JSON object. A `Blob`, which only a socket gives that could not be
 * told otherwise, cannot be read here and is taken as it is.
 */
export function frameProblem(data: unknown): string | undefined {
  const isBytes = data instanceof ArrayBuffer || data instanceof Uint8Array
  if (typeof data !== 'string' && !isBytes) return undefined
  try {
    const message: unknown = JSON.parse(isBytes ? new TextDecoder().decode(data) : data)
    const isObject = typeof message === 'object' && message !== null && !Array.isArray(message)
    return isObject ? undefined : 'it is no object'
  } catch {
    // Without the parser's words, which quote the frame: it can be somebody's transcript.
    return 'it is no JSON'
  }
}
