import { closeReasons } from '../close-reasons.ts'
import { dataOfPart } from './content-messages.ts'
import { type Message, type MessageName, protocol } from './protocol.ts'
import type { FieldType, ScalarType } from './schema.ts'

/** A JSON object as received. */
export type JsonObject = Readonly<Record<string, unknown>>

/** A message for which the server closes the session. `closeReason` goes to the client. */
export class InvalidMessageError extends Error {
  readonly closeReason: string

  constructor(message: string, closeReason: string = closeReasons.invalidArgument) {
    super(message)
    this.closeReason = closeReason
  }
}

interface Field {
  readonly name: string
  readonly type: FieldType
}

/** The fields of each message by both of their names, because proto3 accepts lowerCamelCase and snake_case. */
const fieldsByName: ReadonlyMap<string, ReadonlyMap<string, Field>> = new Map(
  Object.entries(protocol).map(([message, fields]) => [message, bothNames(fields)]),
)

function bothNames(fields: Readonly<Record<string, FieldType>>): ReadonlyMap<string, Field> {
  return new Map(
    Object.entries(fields).flatMap(([name, type]) => {
      const field = { name, type }
      return [
        [name, field],
        [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), field],
      ] as const
    }),
  )
}

/** Options for reading a message. */
export interface ReadOptions {
  /** Whether an unknown field makes the message invalid. Otherwise it is ignored. */
  readonly strict: boolean
  /** Called with the path of each field that is ignored. */
  readonly onIgnored?: (field: string) => void
}

/**
 * Reads a message from JSON by the rules of proto3's JSON mapping. `null` counts as absent; `ScalarType` lists the forms of each
 * value. Returns only fields of the protocol, by their lowerCamelCase names.
 *
 * @throws {InvalidMessageError}
 */
export function readMessage<Name extends MessageName>(
  name: Name,
  json: unknown,
  options: ReadOptions,
): Message<Name> {
  return new Reader(options).message(name, json, '') as Message<Name>
}

class Reader {
  readonly #options: ReadOptions

  constructor(options: ReadOptions) {
    this.#options = options
  }

  message(name: string, json: unknown, place: string): JsonObject {
    const object = asObject(json, place)
    const fields = fieldsByName.get(name)
    const read: Record<string, unknown> = {}
    for (const key of Object.keys(object)) {
      const value = object[key]
      const field = fields?.get(key)
      if (field === undefined) this.#unknown(key, place)
      else if (value !== null) {
        if (field.name in read) throw new InvalidMessageError(`${at(place, field.name)} appears twice`)
        read[field.name] = this.#value(field.type, value, at(place, field.name))
      }
    }
    if (name === 'Part') refuseSeveral(read, dataOfPart, place)
    return read
  }

  #value(type: FieldType, value: unknown, place: string): unknown {
    if (typeof type === 'object') {
      if ('enum' in type) return readEnum(type.enum, value, place)
      return asList(value, place).map((entry, index) => this.#value(type[0], entry, `${place}[${index}]`))
    }
    return fieldsByName.has(type)
      ? this.message(type, value, place)
      : scalarReaders[type as ScalarType](value, place)
  }

  #unknown(key: string, place: string): void {
    if (!this.#options.strict) {
      this.#options.onIgnored?.(at(place, key))
      return
    }
    const where = place === '' ? '' : ` at '${place}'`
    throw new InvalidMessageError(
      `${at(place, key)} is not a field of the protocol`,
      `Invalid JSON payload received. Unknown name "${key}"${where}: Cannot find field.`,
    )
  }
}

/** Refuses a message with several fields of a `oneof`. */
function refuseSeveral(read: JsonObject, fields: readonly string[], place: string): void {
  const given = fields.filter((field) => field in read)
  if (given.length > 1) throw new InvalidMessageError(`${place} has ${given.join(' and ')}`)
}

function at(place: string, name: string): string {
  return place === '' ? name : `${place}.${name}`
}

const scalarReaders: Readonly<Record<ScalarType, (value: unknown, place: string) => unknown>> = {
  string: (value, place) => expect(typeof value === 'string', value, place, 'a string'),
  bool: (value, place) => expect(typeof value === 'boolean', value, place, 'true or false'),
  int32: (value, place) => readInteger(32, value, place),
  int64: (value, place) => readInteger(64, value, place),
  float: (value, place) => {
    const number = asNumber(value)
    return expect(Number.isFinite(number), number, place, 'a number')
  },
  bytes: readBytes,
  duration: (value, place) => {
    const seconds = typeof value === 'string' ? /^(-?\d+(?:\.\d{1,9})?)s$/.exec(value)?.[1] : undefined
    return expect(seconds !== undefined, Number(seconds) * 1000, place, 'a duration such as "9.5s"')
  },
  name: (value, place) =>
    expect(typeof value === 'string' || Number.isInteger(value), value, place, 'a name or its number'),
  object: asObject,
  any: (value) => value,
}

function expect(holds: boolean, value: unknown, place: string, expected: string): unknown {
  if (holds) return value
  throw new InvalidMessageError(`${place} is not ${expected}`)
}

function readInteger(bits: number, value: unknown, place: string): unknown {
  const number = asNumber(value) as number
  // Of 64 bits, the largest integer is rounded up to the next power of two.
  const most = 2 ** (bits - 1) - 1
  const fits = Number.isInteger(number) && number >= -most - 1 && number <= most
  return expect(fits, number, place, `an integer of ${bits} bits`)
}

/** Reads a number, or a string that is a number in JSON's notation: without spaces, not hexadecimal. */
function asNumber(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? Number(value) : value
}

/** Reads a value of an enum. As in proto3, an unknown number stays a number, and an unknown name is invalid. */
function readEnum(names: readonly string[], value: unknown, place: string): unknown {
  if (typeof value === 'number' && Number.isInteger(value)) return names[value] ?? value
  if (typeof value === 'string' && names.includes(value)) return value
  throw new InvalidMessageError(`${place} is none of ${names.slice(1).join(', ')}`)
}

function readBytes(value: unknown, place: string): unknown {
  if (typeof value === 'string' && isBase64(value)) return Buffer.from(value, 'base64')
  throw new InvalidMessageError(`${place} is not base64`)
}

/** Whether a text is base64, in either alphabet, padded or not. A last group of one character has less than a byte. */
function isBase64(text: string): boolean {
  const padding = Number(text.endsWith('=')) + Number(text.endsWith('=='))
  return /^[A-Za-z0-9+/_-]*={0,2}$/.test(text) && (text.length - padding) % 4 !== 1
}

function asObject(value: unknown, place: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject
  throw new InvalidMessageError(`${place === '' ? 'the message' : place} is not an object`)
}

function asList(value: unknown, place: string): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new InvalidMessageError(`${place} is not a list`)
}
