/** The command line asks for what there is not; the message names the flag and its value. */
export class UsageError extends Error {
  override readonly name: string = 'UsageError'
}
