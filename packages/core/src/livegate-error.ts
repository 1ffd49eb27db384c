/** What a {@link LivegateError} is about; stable, for programs to rely on. */
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
 * The one error class of Livegate: a programmer's mistake or a connection that is gone. What a server or a tool does is
 * an event or a response, never a throw.
 */
export class LivegateError extends Error {
  override readonly name: string = 'LivegateError'
  declare readonly code: LivegateErrorCode
  /** What is wrong, as a path from the argument: `audio.mimeType`. */
  declare readonly field: string

  constructor(code: LivegateErrorCode, field: string, expected: unknown, value: unknown) {
    // Cut, because a payload is somebody's voice and has no place in a message.
    super(`${field} must be ${expected}; got "${String(value).slice(0, 32)}"`)
    this.code = code
    this.field = field
  }
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

/** Whether a value is a {@link LivegateError}, of whichever copy of the package: `instanceof` knows only its own. */
export function isLivegateError(value: unknown): value is LivegateError {
  return (value as Error | undefined)?.name === 'LivegateError'
}
