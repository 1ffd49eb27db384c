/** The command line cannot be used. The message says what was found and what was expected. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
