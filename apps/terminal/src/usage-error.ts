/** An unusable command line or file. The message says what was found and what is needed. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}
