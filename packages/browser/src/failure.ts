import { LivegateError, type LivegateErrorCode } from '@livegate/core'

/** A {@link LivegateError} with what led to it as its `cause`, which also tells the value by its name. */
export function failure(
  code: LivegateErrorCode,
  field: string,
  expected: string,
  cause: unknown,
): LivegateError {
  return Object.assign(new LivegateError(code, field, expected, (cause as Error)?.name), { cause })
}

/** @throws {LivegateError} unless it is right. */
export function mustBe(
  isRight: unknown,
  field: string,
  expected: string,
  value: unknown,
  code: LivegateErrorCode = 'invalid-options',
): asserts isRight {
  if (!isRight) throw new LivegateError(code, field, expected, value)
}
