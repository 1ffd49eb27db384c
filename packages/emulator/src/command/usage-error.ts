/** A mistake on the command line. The message names the flag and its value. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}
