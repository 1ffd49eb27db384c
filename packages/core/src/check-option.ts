import { mustBe } from './livegate-error.ts'

/** What platform timers can take; beyond it they fire at once. */
const longestTimerMs = 2 ** 31 - 1

/** @throws {LivegateError} `invalid-options`, for what is no number from 0. */
export function checkBound(field: string, value: number): void {
  mustBe(value >= 0, field, 'a number from 0', value)
}

/** @throws {LivegateError} `invalid-options`, for a word that is none of these. */
export function checkWord(field: string, word: string, words: readonly string[]): void {
  mustBe(words.includes(word), field, `one of ${words}`, word)
}

/** @throws {LivegateError} `invalid-options`, for what is no time that a timer can take and not `Infinity`. */
export function checkTimeout(field: string, timeoutMs: number): void {
  const isTime = timeoutMs > 0 && (timeoutMs <= longestTimerMs || timeoutMs === Number.POSITIVE_INFINITY)
  mustBe(isTime, field, `above 0 and up to ${longestTimerMs}, or Infinity`, timeoutMs)
}
