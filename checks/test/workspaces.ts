import { dirname } from 'node:path'
import { find, read, readJson } from './files.ts'

type ExportsMap = Readonly<Record<string, string | { readonly types?: string; readonly default?: string }>>

/** The fields of a package.json that the checks use. */
export interface Manifest {
  readonly name: string
  readonly private?: boolean
  readonly files?: readonly string[]
  readonly exports?: ExportsMap
  readonly bin?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly 'size-limit'?: readonly { readonly limit: string }[]
}

export interface Workspace {
  readonly folder: string
  readonly manifest: Manifest
}

/** Returns the entries of the `packages` list in a pnpm-workspace.yaml. */
export function workspacePatterns(yaml: string): string[] {
  const list = /^packages:\n((?:[ ]*-.*\n)+)/m.exec(yaml)?.[1] ?? ''
  return [...list.matchAll(/-\s*['"]?([^'"\s]+)/g)].map(([, pattern = '']) => pattern)
}

export const workspaces: readonly Workspace[] = workspacePatterns(read('pnpm-workspace.yaml'))
  .flatMap((pattern) => find(`${pattern}/package.json`))
  .map((path) => ({ folder: dirname(path), manifest: readJson<Manifest>(path) }))

/** The workspaces that are published. */
export const publicPackages: readonly Workspace[] = workspaces.filter(({ manifest }) => !manifest.private)

/** Returns the packages that a workspace needs at run time. */
export const runtimeDependencies = ({ dependencies, peerDependencies }: Manifest): string[] =>
  Object.keys({ ...dependencies, ...peerDependencies }).sort()
