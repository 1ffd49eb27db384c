/** What to do about a `send` that returns a promise. TypeScript accepts it, although `Transport.send` returns nothing. */
export const throwAtOnce =
  'Throw before `send` returns: an `async` function cannot, and no session looks at a promise.'

/** Whether `send` has returned a promise. If that is rejected, the scenario's own failure says more than an unhandled rejection. */
export function isPromise(returned: unknown): boolean {
  if (!(returned instanceof Promise)) return false
  returned.catch(() => {})
  return true
}
