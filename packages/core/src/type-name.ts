/** The name of a value's type, for messages that must not show the value: `String`, `Array`, `Float32Array`. */
export function typeName(value: unknown): string {
  return {}.toString.call(value).slice(8, -1)
}
