/**
 * What a {@link LivegateError} is about. Stable: programs can rely on it. docs/errors.md says what to do about each.
 *
 * - `closed`: the connection, session, microphone or speaker is not open, or was never;
 * - `invalid-options`, `undeclared-tool`, `in-use`: a mistake in what was passed, before anything happens;
 * - `invalid-input`, `invalid-response`, `unknown-call`: an input or a response that cannot be sent;
 * - `call-settled`: the reason of a handler's signal, and never thrown;
 * - `unsupported-sdk`: `@google/genai` is not built like the tested versions;
 * - all others: from a page, about its key, its microphone or its speaker.
 */
export type LivegateErrorCode =
  | 'api-key-exposed'
  | 'call-settled'
  | 'closed'
  | 'in-use'
  | 'invalid-input'
  | 'invalid-options'
  | 'invalid-response'
  | 'microphone-busy'
  | 'microphone-denied'
  | 'microphone-lost'
  | 'microphone-missing'
  | 'undeclared-tool'
  | 'unknown-call'
  | 'unsupported-audio'
  | 'unsupported-platform'
  | 'unsupported-sdk'
  | 'worklet-failed'

/**
 * The one error class of Livegate, thrown for a programmer's mistake and for a connection that is gone. What a server or a tool does is
 * never thrown: it becomes an event or a response.
 */
export class LivegateError extends Error {
  override readonly name: string = 'LivegateError'
  declare readonly code: LivegateErrorCode
  /** The field that is wrong, as a path from the argument: `audio.mimeType`. */
  declare readonly field: string

  constructor(code: LivegateErrorCode, field: string, expected: unknown, value: unknown) {
    // Truncated, because a payload is somebody's voice and must not appear in logs.
    super(`${field} must be ${expected}; got "${String(value).slice(0, 32)}"`)
    this.code = code
    this.field = field
  }
}

/**
 * Checks a value of your own: the message becomes `FIELD must be EXPECTED; got "VALUE"`.
 *
 * @throws {LivegateError} with the code, by default `invalid-options`, unless `isRight`.
 */
export function mustBe(
  isRight: unknown,
  field: string,
  expected: string,
  value: unknown,
  code: LivegateErrorCode = 'invalid-options',
): asserts isRight {
  if (!isRight) throw new LivegateError(code, field, expected, value)
}

/** Whether a value is a {@link LivegateError}, also one of another copy of the package, which `instanceof` does not recognise. */
export function isLivegateError(value: unknown): value is LivegateError {
  return (value as Error | undefined)?.name === 'LivegateError'
}
