import { readFileSync } from 'node:fs'
import { findNodeAtLocation, type Node, type ParseError, parseTree } from 'jsonc-parser'
import { EmulatorError } from '../emulator-error.ts'
import { checkScript, type Reply } from '../script.ts'
import { UsageError } from './usage-error.ts'

/** @throws {UsageError} that names the file, the line and the column. */
export function readScript(file: string): readonly Reply[] {
  const text = readOrRefuse(file)
  let script: unknown
  try {
    script = JSON.parse(text)
  } catch (error) {
    const message = (error as Error).message.replaceAll('\n', ' ')
    throw new UsageError(`${file}:${placeAt(offsetOfFault(message, text), text)} is not JSON: ${message}`)
  }
  try {
    checkScript(script as readonly Reply[])
  } catch (error) {
    if (!EmulatorError.isInstance(error)) throw error
    const [, path = ''] = /^script((?:\[\d+\]|\.\w+)*)/.exec(error.message) ?? []
    throw new UsageError(
      `${file}:${placeAt(offsetOf(path.match(/\w+/g) ?? [], text), text)}: ${error.message}`,
    )
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

/** Where JSON.parse failed. Some of its messages name a character but no position. */
function offsetOfFault(message: string, text: string): number {
  const position = /position (\d+)/.exec(message)?.[1]
  if (position !== undefined) return Number(position)
  const errors: ParseError[] = []
  parsed(text, errors)
  return errors[0]?.offset ?? 0
}

/** Where the value at `path` begins. If it is missing: the innermost value on the path. */
function offsetOf(path: readonly string[], text: string): number {
  const tree = parsed(text)
  const steps = path.map((step) => (/^\d+$/.test(step) ? Number(step) : step))
  for (let depth = steps.length; tree !== undefined && depth > 0; depth--) {
    const found = findNodeAtLocation(tree, steps.slice(0, depth))
    if (found !== undefined) return found.offset
  }
  return tree?.offset ?? 0
}

/** Undefined for a text that is nested too deep: unlike JSON.parse, the parser calls itself for each level. */
function parsed(text: string, errors: ParseError[] = []): Node | undefined {
  try {
    return parseTree(text, errors, { disallowComments: true })
  } catch {
    return undefined
  }
}

/** `line:column` of an offset, both from 1. */
function placeAt(offset: number, text: string): string {
  const before = text.slice(0, offset).split('\n')
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}
