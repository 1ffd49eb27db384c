import { closeReasons } from './close-reasons.ts'

/** A JSON object as it was received. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A message that the server closes the session for; `closeReason` is what the client gets to read. */
export class InvalidMessageError extends Error {
  readonly closeReason: string

  constructor(message: string, closeReason: string = closeReasons.invalidArgument) {
    super(message)
    this.closeReason = closeReason
  }
}

/**
 * A field by its lowerCamelCase name, or by the same name in snake_case. Source: the JSON mapping of proto3 accepts both,
 * and python google-genai sends both within one message. `null` is absence, as in proto3.
 */
export function fieldOf(object: JsonObject, name: string): unknown {
  const snakeName = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
  return object[name] ?? object[snakeName] ?? undefined
}

export function asObject(value: unknown, place: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new InvalidMessageError(`${place} is not an object`)
}

export function asList(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new InvalidMessageError(`${place} is not a list`)
}

export function asText(value: unknown, place: string): string {
  if (typeof value === 'string') return value
  throw new InvalidMessageError(`${place} is not a string`)
}

/** A number of milliseconds; proto3 lets an integer come as a string too. */
export function asMilliseconds(value: unknown, place: string): number {
  const milliseconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof milliseconds === 'number' && Number.isFinite(milliseconds) && milliseconds >= 0)
    return milliseconds
  throw new InvalidMessageError(`${place} is not a number of milliseconds`)
}

export function asFlag(value: unknown, place: string): boolean {
  if (typeof value === 'boolean') return value
  throw new InvalidMessageError(`${place} is not true or false`)
}

/** Decodes standard and URL-safe base64, padded or not. */
export function asBytes(value: unknown, place: string): Buffer {
  const text = asText(value, place)
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) throw new InvalidMessageError(`${place} is not base64`)
  return Buffer.from(text, 'base64')
}
