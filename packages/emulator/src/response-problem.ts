import type { FunctionResponse } from './client-message.ts'

/**
 * What a response to a pending call of this name lacks; undefined if nothing, or if there is no such call. Source: the name and
 * the response are required by the comments on `FunctionResponse` in content.proto. What the server does without them is not
 * known; here the session goes on.
 */
export function problemOfResponse(
  { id, name, response }: FunctionResponse,
  called: string | undefined,
): string | undefined {
  if (called === undefined) return undefined
  const what = `a response to ${JSON.stringify(id ?? null)}`
  if (name !== called)
    return `${what} has ${JSON.stringify(name ?? null)} as its name, and its call ${JSON.stringify(called)}`
  return response === undefined ? `${what} has no response in it` : undefined
}
