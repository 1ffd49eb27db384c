import { mustBe } from './livegate-error.ts'
import { typeName } from './type-name.ts'

/** The longest delay of a platform's timer; with a longer one it fires at once. */
const longestTimerMs = 2 ** 31 - 1

/** @throws {LivegateError} `invalid-options`, unless the value is a number from 0. */
export function checkBound(field: string, value: number): void {
  mustBe(typeof value === 'number' && value >= 0, field, 'a number from 0', value)
}

/** @throws {LivegateError} `invalid-options`, unless the word is one of these. */
export function checkWord(field: string, word: string, words: readonly string[]): void {
  mustBe(words.includes(word), field, `one of ${words}`, word)
}

/**
 * Checks a timeout of your own, in milliseconds, as a session checks its deadlines.
 *
 * @throws {LivegateError} `invalid-options`, unless it is above 0 and one that a timer can take, or `Infinity`.
 */
export function checkTimeout(field: string, timeoutMs: number): void {
  const isTime = timeoutMs > 0 && (timeoutMs <= longestTimerMs || timeoutMs === Infinity)
  mustBe(
    isTime && typeof timeoutMs === 'number',
    field,
    `above 0 and up to ${longestTimerMs}, or Infinity`,
    timeoutMs,
  )
}

/**
 * Refuses what is left of an object of options once those that exist are taken out, such as a misspelt name: if it were ignored, nobody
 * would notice. A value that is `undefined` or `null` is an absent one.
 *
 * @param path what precedes the names in the error's field, such as `deadlines.`.
 * @throws {LivegateError} `invalid-options`. Its message leaves out the value, which may be a secret.
 */
export function refuseOthers(path: string, others: object): void {
  for (const [name, value] of Object.entries(others)) {
    mustBe(value == null, path + name, 'left out: there is no such option here', typeof value)
  }
}

/** @throws {LivegateError} `invalid-options`, unless it is an object or absent. */
export function checkObject(field: string, value: unknown): void {
  mustBe(value == null || typeof value === 'object', field, 'an object', typeName(value))
}
