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
    return `${what} has ${JSON.stringify(name ?? null)} as its name, and its call ${JSON.stringify(called)}`
  return response === undefined ? `${what} has no response in it` : undefined
}
