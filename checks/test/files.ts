import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's folder. All paths in these checks are relative to it, unless stated otherwise. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url))

export const find = (...patterns: readonly string[]): string[] => globSync(patterns, { cwd: root }).sort()

export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

export const readJson = <Value>(path: string): Value => JSON.parse(read(path)) as Value
