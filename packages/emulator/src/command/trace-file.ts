import { closeSync, openSync, writeSync } from 'node:fs'
import { UsageError } from './usage-error.ts'

/** Writes events to a file, one line of JSON each. It writes synchronously, so that no event is lost however the process ends. */
export class TraceFile {
  readonly #file: string
  readonly #failed: (error: Error) => void
  #descriptor: number | undefined

  /**
   * Calls `failed` when the file can't be written any more, for example because the disk is full.
   *
   * @throws {UsageError} for a file that can't be written at all.
   */
  constructor(file: string, failed: (error: Error) => void) {
    this.#file = file
    this.#failed = failed
    try {
      this.#descriptor = openSync(file, 'w')
      writeSync(this.#descriptor, `${JSON.stringify({ format: 'livegate-trace', version: 1 })}\n`)
    } catch (error) {
      throw new UsageError(this.#problem(error))
    }
  }

  write(line: string): void {
    if (this.#descriptor === undefined) return
    try {
      writeSync(this.#descriptor, `${line}\n`)
    } catch (error) {
      this.close()
      this.#failed(new Error(this.#problem(error)))
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }

  #problem(error: unknown): string {
    return `--trace ${this.#file} can't be written: ${(error as NodeJS.ErrnoException).code}`
  }
}
