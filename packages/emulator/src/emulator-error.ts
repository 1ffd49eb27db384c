/**
 * - `invalid-option`: an option of `startEmulator`, or an argument of a session's method, is invalid
 * - `port-in-use`: another process uses the port
 * - `listen-failed`: the platform refused the host or port for another reason, which is the `cause`
 * - `session-not-open`: a method tried to send before the client's setup or after the session's end
 */
export type EmulatorErrorCode = 'invalid-option' | 'port-in-use' | 'listen-failed' | 'session-not-open'

const brand: unique symbol = Symbol.for('@livegate/emulator/EmulatorError')

/** A mistake in the use of the emulator. A mistake of a client is a `violation` in the session's log instead. */
export class EmulatorError extends Error {
  override readonly name: string = 'EmulatorError'
  readonly code: EmulatorErrorCode

  constructor(code: EmulatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    // The symbol is in the global registry, so that two copies of this package recognise each other's errors.
    Object.defineProperty(this, brand, { value: true })
  }

  /** Works like `instanceof`, but also recognises errors of another copy of this package. */
  static isInstance(value: unknown): value is EmulatorError {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** Makes the error for an invalid option. Its message names the field and shows the value. */
export function invalidOption(field: string, value: unknown, expected: string): EmulatorError {
  return new EmulatorError('invalid-option', `${field} must be ${expected}, but is ${show(value)}`)
}

/** Throws for an unknown field: it may be misspelt, and would otherwise be ignored without a word. */
export function refuseOtherFields(place: string, fields: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || known.includes(name)) continue
    const message = `${place}.${name} is unknown; known fields are ${known.join(', ')}`
    throw new EmulatorError('invalid-option', message)
  }
}

const longestShown = 200

function show(value: unknown): string {
  const text = textOf(value)
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text
}

function textOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'string' ? JSON.stringify(value) : String(value)
  }
  try {
    return JSON.stringify(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}
