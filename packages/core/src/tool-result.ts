import { typeName } from './type-name.ts'

/** Throws on what JSON would drop, or turn into `{}` or `null`, without a word: the author of the tool should learn of it. */
function refuseUnspeakable(key: string, value: unknown): unknown {
  const type = typeName(value)
  // Nothing of these is lost, and they can be deep: only what is in them is looked at.
  if (type === 'Object' || type === 'Array') return value
  const text = JSON.stringify(value ?? '')
  // A function; NaN; a Map, or a Promise that was not awaited; an Error, which would lose its message.
  if (text === undefined || text === 'null' || text === '{}' || type === 'Error') {
    const said = type === 'Number' ? value : `of type ${type}`
    throw new TypeError(`${key === '' ? 'it' : JSON.stringify(key)} is ${said}`)
  }
  return value
}

/** A copy of a value as JSON carries it, or a description of what JSON cannot carry. */
export function asJson(value: unknown): { readonly json?: unknown; readonly problem?: string } {
  try {
    return { json: JSON.parse(JSON.stringify(value, refuseUnspeakable) ?? 'null') }
  } catch (error) {
    // Only the first line: of a cycle, V8 draws a picture on the lines below.
    return { problem: messageOf(error).split('\n')[0] as string }
  }
}

/** The message of whatever was thrown. Never throws itself: a value may have no text, and its call is answered all the same (G7). */
export function messageOf(error: unknown): string {
  try {
    return String((error as Partial<Error> | null | undefined)?.message || error)
  } catch {
    return 'it failed'
  }
}

/** Whether a value from JSON is an object, also one of another realm, as messages are in some test runners and workers. */
export function isJsonObject(json: unknown): json is Record<string, unknown> {
  return typeName(json) === 'Object'
}

/**
 * A handler's result as a JSON object, because a server closes with 1007 on any other response: an object stays as it is, any other value
 * becomes `{ output }`, and what JSON cannot carry becomes an `{ error }` that says so.
 */
export function resultToResponse(name: string, result: unknown): Record<string, unknown> {
  const { json, problem } = asJson(result)
  if (problem !== undefined) return { error: `${name} returned a value that JSON cannot carry: ${problem}` }
  return isJsonObject(json) ? json : { output: json }
}
