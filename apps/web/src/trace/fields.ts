/** Checks the value of a field. */
export type Check = (value: unknown) => boolean

export type Checks = Readonly<Record<string, Check>>

/** Returns the first field whose value is missing or wrong. */
export function wrongField(value: object, checks: Checks): string | undefined {
  const fields = value as Readonly<Record<string, unknown>>
  return Object.entries(checks).find(([name, check]) => !check(fields[name]))?.[0]
}

export const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

export const isText: Check = (value) => typeof value === 'string'

export const isTime: Check = (value) => Number.isFinite(value)

/** Checks a duration or a level, which cannot be negative. */
export const isAmount: Check = (value) => isTime(value) && Number(value) >= 0

export const isCount: Check = (value) => isAmount(value) && Number.isInteger(value)

/** Checks for a key of `values`; written as a record, the compiler notices a missing one. */
export const isAmong =
  <Value extends string>(values: Readonly<Record<Value, true>>): Check =>
  (value) =>
    typeof value === 'string' && Object.hasOwn(values, value)

/** Makes a check for a field that may be absent. */
export const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value)
