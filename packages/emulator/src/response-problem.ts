import type { FunctionResponse } from './client-message.ts'

/**
 * Describes what is wrong with a response to a pending call named `called`; undefined if nothing is, or if there is no such call.
 * Source: the comments on `FunctionResponse` in content.proto require `name` and `response`. What the server does without them
 * is unknown; here the session goes on.
 */
export function problemOfResponse(
  { id, name, response }: FunctionResponse,
  called: string | undefined,
): string | undefined {
  if (called === undefined) return undefined
  const what = `a response to ${JSON.stringify(id ?? null)}`
  if (name !== called)
    return name === undefined
      ? `${what} has no name; its call has the name ${JSON.stringify(called)}`
      : `${what} has the name ${JSON.stringify(name)}, but its call the name ${JSON.stringify(called)}`
  return response === undefined ? `${what} has no field "response"` : undefined
}

/**
 * Describes what a response to a blocking call has in vain. Source: the comments on `scheduling` and `will_continue` in content.proto,
 * by which both are for non-blocking calls. `WHEN_IDLE` is the default.
 */
export function doubtAboutBlocking({
  id,
  scheduling = 'WHEN_IDLE',
  willContinue,
}: FunctionResponse): string | undefined {
  const what = `the response to ${JSON.stringify(id ?? null)}`
  if (willContinue)
    return `${what} has willContinue, but its call blocks: the model stays silent until the last one`
  return scheduling === 'WHEN_IDLE' ? undefined : `the scheduling of ${what} has no effect: its call blocks`
}

const statuses = {
  unknown: 'no call has this id',
  answered: 'its call was answered',
  cancelled: 'its call was cancelled',
} as const

/** Describes why a response is ignored: its call is not pending. `byName`: responses without an id are matched by name. */
export function problemOfIgnoredResponse(
  { id = '', name }: FunctionResponse,
  idWas: keyof typeof statuses,
  byName: boolean,
): string {
  if (id === '' && idWas === 'unknown') {
    const problem = byName ? 'no call of this name is pending' : 'it has no id'
    return `a response to ${name ?? 'an unnamed call'} has no effect: ${problem}`
  }
  return `the response to ${JSON.stringify(id)} has no effect: ${statuses[idWas]}`
}
