import { onTestFinished, vi } from 'vitest'

declare const console: { error(error: unknown): void }

/** Collects what is printed with `console.error` until the test ends, in place of printing it. */
export function printedErrors(): unknown[] {
  const printed: unknown[] = []
  const spy = vi.spyOn(console, 'error').mockImplementation((error) => void printed.push(error))
  onTestFinished(() => spy.mockRestore())
  return printed
}
