import { LivegateError, type LivegateErrorCode } from '@livegate/core'

/** Makes a {@link LivegateError} with a `cause`, whose name stands in the message as the value. */
export function failure(
  code: LivegateErrorCode,
  field: string,
  expected: string,
  cause: unknown,
): LivegateError {
  return Object.assign(new LivegateError(code, field, expected, (cause as Error)?.name), { cause })
}
