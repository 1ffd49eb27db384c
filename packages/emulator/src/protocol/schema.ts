/**
 * The type of a field that is not a message:
 *
 * - `int32`, `int64`: an integer of so many bits, as a number or a string of digits
 * - `float`: a number, or the number as a string
 * - `bytes`: base64 in either alphabet, padded or not; read as a `Uint8Array`
 * - `duration`: seconds with an `s`, such as `"9.5s"`; read as milliseconds
 * - `name`: a value, by name or number, of an enum that the emulator does not interpret
 * - `object`: any JSON object, `any`: any JSON value; the content of both is not checked
 */
export type ScalarType =
  | 'string'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'float'
  | 'bytes'
  | 'duration'
  | 'name'
  | 'object'
  | 'any'

type SingleType = string | { readonly enum: readonly string[] }

/** The type of a field: a scalar, the name of a message, an enum as its names in numeric order, or a list `[type]`. */
export type FieldType = SingleType | readonly [SingleType]

/** Messages by name, each with its fields by their lowerCamelCase names. */
export type Schema = Readonly<Record<string, Readonly<Record<string, FieldType>>>>

interface ScalarValues {
  readonly string: string
  readonly bool: boolean
  readonly int32: number
  readonly int64: number
  readonly float: number
  readonly bytes: Uint8Array
  readonly duration: number
  readonly name: string | number
  readonly object: Readonly<Record<string, unknown>>
  readonly any: unknown
}

type ValueOf<S extends Schema, Type> = Type extends keyof ScalarValues
  ? ScalarValues[Type]
  : Type extends keyof S
    ? MessageOf<S, Type>
    : Type extends readonly [infer Entry]
      ? readonly ValueOf<S, Entry>[]
      : Type extends { readonly enum: readonly (infer Name)[] }
        ? Name | number
        : never

/** A message of a schema as the reader returns it. Every field may be absent, as in proto3. */
export type MessageOf<S extends Schema, Name extends keyof S> = {
  readonly [Field in keyof S[Name]]?: ValueOf<S, S[Name][Field]>
}
