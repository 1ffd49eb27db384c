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

/** @throws {LivegateError} unless `isRight`. */
export function mustBe(
  isRight: unknown,
  field: string,
  expected: string,
  value: unknown,
  code: LivegateErrorCode = 'invalid-options',
): asserts isRight {
  if (!isRight) throw new LivegateError(code, field, expected, value)
}
