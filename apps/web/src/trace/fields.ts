/** Looks at what a field has for its value. */
export type Check = (value: unknown) => boolean

export type Checks = Readonly<Record<string, Check>>

/** The first field whose value is missing or wrong. */
export function wrongField(value: object, checks: Checks): string | undefined {
  const fields = value as Readonly<Record<string, unknown>>
  return Object.entries(checks).find(([name, check]) => !check(fields[name]))?.[0]
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

export const isText: Check = (value) => typeof value === 'string'

export const isTime: Check = (value) => Number.isFinite(value)

/** Milliseconds, a level: nothing below 0. */
export const isAmount: Check = (value) => isTime(value) && Number(value) >= 0

export const isCount: Check = (value) => isAmount(value) && Number.isInteger(value)

/** The keys of `values`: so written, the compiler misses none. */
export const isAmong =
  <Value extends string>(values: Readonly<Record<Value, true>>): Check =>
  (value) =>
    typeof value === 'string' && Object.hasOwn(values, value)

/** A field that may be absent. */
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
