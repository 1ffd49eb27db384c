import { mustBe } from './livegate-error.ts'

/** The longest delay of a platform's timer; with a longer one it fires at once. */
const longestTimerMs = 2 ** 31 - 1

/** @throws {LivegateError} `invalid-options`, unless the value is a number from 0. */
export function checkBound(field: string, value: number): void {
  mustBe(value >= 0, field, 'a number from 0', value)
}

/** @throws {LivegateError} `invalid-options`, unless the word is one of these. */
export function checkWord(field: string, word: string, words: readonly string[]): void {
  mustBe(words.includes(word), field, `one of ${words}`, word)
}

/** @throws {LivegateError} `invalid-options`, unless the time is one that a timer can take, or `Infinity`. */
export function checkTimeout(field: string, timeoutMs: number): void {
  const isTime = timeoutMs > 0 && (timeoutMs <= longestTimerMs || timeoutMs === Number.POSITIVE_INFINITY)
  mustBe(isTime, field, `above 0 and up to ${longestTimerMs}, or Infinity`, timeoutMs)
}
