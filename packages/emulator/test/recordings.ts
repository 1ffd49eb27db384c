import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A session of the tests of js-genai with a real server: messages in order, without times. */
export interface RecordedSession {
  readonly name: string
  readonly messages: readonly { readonly from: 'client' | 'server'; readonly text: string }[]
}

/**
 * Finds the folder with recordings: LIVEGATE_RECORDINGS, or `shared/recordings` beside this folder or one above it. They are not
 * part of the repository. Returns undefined if there are none. Under CI that is an error, unless LIVEGATE_RECORDINGS is `none`.
 */
export function findRecordings(): string | undefined {
  const given = process.env.LIVEGATE_RECORDINGS
  if (given === 'none') return undefined
  const candidates = given === undefined ? foldersAbove(fileURLToPath(import.meta.url)) : [given]
  const found = candidates.find((folder) => existsSync(join(folder, 'js-genai')))
  if (found === undefined && process.env.CI) {
    throw new Error(
      `no recordings: looked into ${candidates.join(', ')}; set LIVEGATE_RECORDINGS to their folder, or to none`,
    )
  }
  return found
}

export function recordedSessions(folder: string): readonly RecordedSession[] {
  return readdirSync(join(folder, 'js-genai'))
    .filter((name) => name.endsWith('.websocket.log'))
    .map((name) => ({ name, messages: parse(readFileSync(join(folder, 'js-genai', name), 'utf8')) }))
}

/** The messages between current clients and a local server. */
export type SdkEvent =
  | { readonly dir: 'c2s' | 's2c'; readonly scenario: string; readonly frame: string }
  | {
      readonly dir: 'handshake'
      readonly scenario: string
      readonly url: string
      readonly rawHeaders: readonly string[]
    }

export function sdkEvents(folder: string): readonly SdkEvent[] {
  return readFileSync(join(folder, 'sdk-frames.jsonl'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as SdkEvent)
}

/** `>N text` is a message of the client, `<N text` one of the server; N counts the bytes of the text. */
function parse(log: string): RecordedSession['messages'] {
  const starts = [...log.matchAll(/^([<>])\d+ (?=\{)/gm)]
  return starts.map((start, index) => ({
    from: start[1] === '>' ? 'client' : 'server',
    text: log.slice(start.index + start[0].length, starts[index + 1]?.index),
  }))
}

function foldersAbove(file: string): readonly string[] {
  const above = dirname(file)
  return above === file ? [] : [join(above, 'shared', 'recordings'), ...foldersAbove(above)]
}

/**
 * Returns every path to a leaf with the leaf's type, marked if the value is the default of its type, which proto3 omits. The
 * entries of a list count as one.
 */
export function shapeOf(value: unknown, path = ''): readonly string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((entry) => shapeOf(entry, `${path}[]`)))]
  if (typeof value !== 'object' || value === null)
    return [`${path}: ${typeof value}${isDefault(value) ? defaultMark : ''}`]
  const fields = Object.entries(value)
  return fields.length === 0
    ? [`${path}: {}`]
    : fields.flatMap(([name, field]) => shapeOf(field, `${path}.${name}`))
}

/** Marks a default value in a shape. */
export const defaultMark = ', the default'

/** Integers of 64 bits are strings. */
function isDefault(value: unknown): boolean {
  return value === 0 || value === '' || value === false || value === '0'
}
