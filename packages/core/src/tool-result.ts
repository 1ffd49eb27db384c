/** JSON drops functions and symbols without a word; a tool that returns one should hear of it. */
function refuseUnspeakable(key: string, value: unknown): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`${key === '' ? 'it' : JSON.stringify(key)} is a ${typeof value}`)
  }
  return value
}

/** What JSON cannot carry of a value, in words; `undefined` when it can carry all of it. */
export function jsonProblem(value: unknown): string | undefined {
  try {
    JSON.stringify(value, refuseUnspeakable)
    return undefined
  } catch (error) {
    // The first line: engines go on to draw a cycle over several.
    return messageOf(error).split('\n', 1)[0]
  }
}

/** What was thrown, in words. Anything can be thrown, also what makes no text; a call is answered all the same (G7). */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error)
  } catch {
    return 'it failed'
  }
}

/** Whether JSON makes an object of it: not of an array, nor of a `Date`, which says itself in a string, nor of what says nothing. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && JSON.stringify(value)?.startsWith('{')
}

/**
 * A handler's result as the JSON object that a response must be (a server closes with 1007 on anything else): an object as
 * it is, everything else as `{ output }`, what JSON cannot carry as an `{ error }` that says so.
 */
export function resultToResponse(name: string, result: unknown): Record<string, unknown> {
  const problem = jsonProblem(result)
  if (problem !== undefined) return { error: `${name} returned a value that JSON cannot carry: ${problem}` }
  return isJsonObject(result) ? result : { output: result ?? null }
}
