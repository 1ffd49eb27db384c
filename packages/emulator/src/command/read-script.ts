import { readFileSync } from 'node:fs'
import { EmulatorError } from '../emulator-error.ts'
import { checkScript, type Reply } from '../script.ts'
import { UsageError } from './usage-error.ts'

/** @throws {UsageError} naming the file and, for what is no JSON, the line. */
export function readScript(file: string): readonly Reply[] {
  const text = readOrRefuse(file)
  let script: unknown
  try {
    script = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`${file}${placeOf(error as Error, text)} is no JSON: ${(error as Error).message}`)
  }
  try {
    checkScript(script as readonly Reply[])
  } catch (error) {
    if (EmulatorError.isInstance(error)) throw new UsageError(`${file}: ${error.message}`)
    throw error
  }
  return script as readonly Reply[]
}

function readOrRefuse(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new UsageError(`--script ${file} can't be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

/** `:line:column`, where the engine says at which character it stopped; nothing where it says that the text ended. */
function placeOf({ message }: Error, text: string): string {
  const position = /position (\d+)/.exec(message)?.[1]
  const before = text.slice(0, position === undefined ? text.length : Number(position)).split('\n')
  return `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}
