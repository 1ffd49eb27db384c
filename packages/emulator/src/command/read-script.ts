import { readFileSync } from 'node:fs'
import { EmulatorError } from '../emulator-error.ts'
import { checkScript, type Reply } from '../script.ts'
import { UsageError } from './usage-error.ts'

/** @throws {UsageError} naming the file and the line. */
export function readScript(file: string): readonly Reply[] {
  const text = readOrRefuse(file)
  let script: unknown
  try {
    script = JSON.parse(text)
  } catch (error) {
    const message = (error as Error).message.replaceAll('\n', ' ')
    throw new UsageError(`${file}${placeOf(message, text)} is no JSON: ${message}`)
  }
  try {
    checkScript(script as readonly Reply[])
  } catch (error) {
    if (!EmulatorError.isInstance(error)) throw error
    const reply = /^script\[(\d+)\]/.exec(error.message)?.[1]
    const line = reply === undefined ? '' : `:${lineOfEntry(Number(reply), text)}`
    throw new UsageError(`${file}${line}: ${error.message}`)
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

/** `:line:column` of where the engine stopped. */
function placeOf(message: string, text: string): string {
  const position = /position (\d+)/.exec(message)?.[1]
  const before = text.slice(0, position === undefined ? endOfJson(text) : Number(position)).split('\n')
  return `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}

/** How much of a text is the beginning of JSON: the engine says of some characters that they are wrong, but not where. */
function endOfJson(text: string): number {
  let [end, tooLong] = [0, text.length + 1]
  while (end + 1 < tooLong) {
    const length = Math.floor((end + tooLong) / 2)
    if (isUnexpected(text.slice(0, length))) tooLong = length
    else end = length
  }
  return end
}

function isUnexpected(text: string): boolean {
  try {
    JSON.parse(text)
    return false
  } catch (error) {
    return (error as Error).message.startsWith('Unexpected token')
  }
}

const token = /"(?:[^"\\]|\\.)*"|[^\s[\]{},"]+|[[\]{},\n]/g

/** The line on which an entry begins in a JSON text that is a list. */
function lineOfEntry(wanted: number, text: string): number {
  let [line, depth, entry] = [1, 0, 0]
  for (const [found] of text.matchAll(token)) {
    if (found === '\n') line++
    else if (depth === 1 && found === ',') entry++
    else if (depth === 1 && entry === wanted) break
    if (found === '[' || found === '{') depth++
    if (found === ']' || found === '}') depth--
  }
  return line
}
