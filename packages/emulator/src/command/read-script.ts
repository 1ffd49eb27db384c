import { readFileSync } from 'node:fs'
import { EmulatorError } from '../emulator-error.ts'
import { checkScript, type Reply } from '../script.ts'
import { UsageError } from './usage-error.ts'

/** @throws {UsageError} that names the file and the line. */
export function readScript(file: string): readonly Reply[] {
  const text = readOrRefuse(file)
  let script: unknown
  try {
    script = JSON.parse(text)
  } catch (error) {
    const message = (error as Error).message.replaceAll('\n', ' ')
    throw new UsageError(`${file}${placeOf(message, text)} is not JSON: ${message}`)
  }
  try {
    checkScript(script as readonly Reply[])
  } catch (error) {
    if (!EmulatorError.isInstance(error)) throw error
    const [, path] = /^script((?:\[\d+\]|\.\w+)+)/.exec(error.message) ?? []
    const line = path === undefined ? '' : `:${lineOf(path.match(/\w+/g) ?? [], text)}`
    throw new UsageError(`${file}${line}: ${error.message}`)
  }
  return script as readonly Reply[]
}

function readOrRefuse(file: string): string {
  try {
    // Some editors put a byte order mark at the beginning.
    return readFileSync(file, 'utf8').replace(/^\ufeff/, '')
  } catch (error) {
    throw new UsageError(`--script ${file} can't be read: ${(error as NodeJS.ErrnoException).code}`)
  }
}

/** `:line:column` of the place where JSON.parse failed. */
function placeOf(message: string, text: string): string {
  const position = /position (\d+)/.exec(message)?.[1]
  const before = text.slice(0, position === undefined ? endOfJson(text) : Number(position)).split('\n')
  return `:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}

/** The length of the text's longest beginning that JSON can continue: some of the engine's messages name a character but no position. */
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

const token = /"(?:[^"\\]|\\.)*"|[^\s[\]{},:"]+|[[\]{},:\n]/g

/** The line on which the value at `path` begins in a JSON text. If it is missing: the line of the innermost value on the path. */
function lineOf(path: readonly string[], text: string): number {
  let [line, found, foundDepth] = [1, 1, 0]
  // The objects and lists around the current token, from the outermost, each with the name or index reached in it.
  const around: { readonly isList: boolean; at: string; awaitsName: boolean }[] = []
  const isOnPath = () => around.every(({ at }, depth) => at === path[depth])
  for (const [read] of text.matchAll(token)) {
    const inner = around.at(-1)
    if (read === '\n') line++
    else if (read === '}' || read === ']') around.pop()
    else if (read === ',' && inner !== undefined) {
      if (inner.isList) inner.at = String(Number(inner.at) + 1)
      else inner.awaitsName = true
    } else if (inner?.awaitsName && read !== ':') {
      inner.at = JSON.parse(read) as string
      inner.awaitsName = false
    } else if (read !== ':' && read !== ',') {
      if (around.length > foundDepth && isOnPath()) [found, foundDepth] = [line, around.length]
      if (read === '{' || read === '[')
        around.push({ isList: read === '[', at: read === '[' ? '0' : '', awaitsName: read === '{' })
    }
  }
  return found
}
