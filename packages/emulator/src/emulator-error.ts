/**
 * - `invalid-option`: an option of `startEmulator` or an argument of a session's method is unusable
 * - `port-in-use`: the port asked for belongs to another process
 * - `listen-failed`: the platform refused host or port for another reason, which is the `cause`
 * - `session-not-open`: a message was to be sent before the client's setup or after the session's end
 */
export type EmulatorErrorCode = 'invalid-option' | 'port-in-use' | 'listen-failed' | 'session-not-open'

const brand: unique symbol = Symbol.for('@livegate/emulator/EmulatorError')

/** A mistake in how the emulator is used. What a client does wrong is a `violation` in the session's log instead. */
export class EmulatorError extends Error {
  override readonly name: string = 'EmulatorError'
  readonly code: EmulatorErrorCode

  constructor(code: EmulatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
    // A symbol of the global registry: two copies of this package recognise each other's errors.
    Object.defineProperty(this, brand, { value: true })
  }

  /** As `instanceof`, and true for the errors of another copy of this package too. */
  static isInstance(value: unknown): value is EmulatorError {
    return typeof value === 'object' && value !== null && brand in value
  }
}

/** The error for an unusable option; the message names the field and shows the value. */
export function invalidOption(field: string, value: unknown, expected: string): EmulatorError {
  return new EmulatorError('invalid-option', `${field} must be ${expected}, but is ${show(value)}`)
}

/** Throws for a field that has no meaning there: a misspelt one would be passed over, and nobody told. */
export function refuseOtherFields(place: string, fields: object, known: readonly string[]): void {
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined || known.includes(name)) continue
    const message = `${place}.${name} is not known here; known are ${known.join(', ')}`
    throw new EmulatorError('invalid-option', message)
  }
}

function show(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'string' ? JSON.stringify(value) : String(value)
  }
  try {
    return JSON.stringify(value)
  } catch {
    return Object.prototype.toString.call(value)
  }
}
