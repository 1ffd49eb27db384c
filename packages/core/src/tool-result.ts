/** Of what JSON drops without a word, or makes `{}` or `null` of, a tool that returns it should hear. */
function refuseUnspeakable(key: string, value: unknown): unknown {
  const type = Object.prototype.toString.call(value).slice(8, -1)
  const text = JSON.stringify(value ?? '')
  // A function; NaN; a Map, or a Promise that nobody has awaited. Of an Error the message would be missing.
  const isLost =
    text === undefined || text === 'null' || (text === '{}' && type !== 'Object') || type === 'Error'
  if (isLost) {
    const said = type === 'Number' ? value : `of type ${type}`
    throw new TypeError(`${key === '' ? 'it' : JSON.stringify(key)} is ${said}`)
  }
  return value
}

/**
 * A value as JSON carries it, which nothing changes that is done to the value afterwards; or what JSON cannot carry of it, in
 * words.
 */
export function asJson(value: unknown): { readonly json?: unknown; readonly problem?: string } {
  try {
    return { json: JSON.parse(JSON.stringify(value, refuseUnspeakable) ?? 'null') }
  } catch (error) {
    // The first line: engines go on to draw a cycle over several.
    return { problem: messageOf(error).split('\n', 1)[0] as string }
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

/** Whether what JSON carries is an object. */
export function isJsonObject(json: unknown): json is Record<string, unknown> {
  return json instanceof Object && !Array.isArray(json)
}

/**
 * A handler's result as the JSON object that a response must be (a server closes with 1007 on anything else): an object as
 * it is, everything else as `{ output }`, what JSON cannot carry as an `{ error }` that says so.
 */
export function resultToResponse(name: string, result: unknown): Record<string, unknown> {
  const { json, problem } = asJson(result)
  if (problem !== undefined) return { error: `${name} returned a value that JSON cannot carry: ${problem}` }
  return isJsonObject(json) ? json : { output: json }
}
