import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { find, read, readJson, root } from './files.ts'
import { run } from './run.ts'
import { findUnwanted, releasesOf, unpinnedActions } from './tracked-text.ts'
import { publicPackages, workspacePatterns, workspaces } from './workspaces.ts'

describe('the files', () => {
  it('contain no trace of a machine, a registry or unfinished work', async () => {
    const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'])
    const paths = stdout.split('\0').filter((path) => path !== '' && existsSync(join(root, path)))
    expect(paths).toContain('package.json')
    const found = paths
      .filter((path) => path !== 'pnpm-lock.yaml')
      .map((path) => ({ path, text: read(path) }))
      // Only a binary file has a zero byte.
      .filter(({ text }) => !text.includes('\0'))
      .flatMap(({ path, text }) => findUnwanted(text).map(({ line, what }) => `${path}:${line}: ${what}`))
    expect(found).toEqual([])
  })
})

describe('the workspaces', () => {
  it('that are listed exist, and those that exist are listed', () => {
    const patterns = workspacePatterns(read('pnpm-workspace.yaml'))
    expect(patterns.filter((pattern) => find(`${pattern}/package.json`).length === 0)).toEqual([])
    const folders = find('{*,packages/*,apps/*}/package.json').map((path) => dirname(path))
    expect(workspaces.map(({ folder }) => folder).sort()).toEqual(folders)
  })

  it('in tsconfig.json exist', () => {
    const { references } = readJson<{ references: readonly { readonly path: string }[] }>('tsconfig.json')
    const missing = references.filter(({ path }) => !existsSync(join(root, path, 'tsconfig.json')))
    expect(missing).toEqual([])
  })

  it('are read only from the list', () => {
    const yaml = "packages:\n  - packages/*\n  - 'checks'\n\nallowBuilds:\n  - other\n"
    expect(workspacePatterns(yaml)).toEqual(['packages/*', 'checks'])
  })
})

describe('the changesets', () => {
  const changesets = find('.changeset/*.md')
    .filter((path) => basename(path) !== 'README.md')
    .map((path) => ({ path, releases: releasesOf(read(path)) }))
  const names = publicPackages.map(({ manifest }) => manifest.name)

  it('name packages that are published, and by how much they change', () => {
    const wrong = changesets.flatMap(({ path, releases }) =>
      releases
        .filter(([name, size]) => !names.includes(name) || !['major', 'minor', 'patch'].includes(size))
        .map(([name, size]) => `${path}: ${name}: ${size}`),
    )
    expect(wrong).toEqual([])
  })

  it('announce every package that has no changelog yet', () => {
    const told = new Set(changesets.flatMap(({ releases }) => releases.map(([name]) => name)))
    const untold = publicPackages.filter(
      ({ folder, manifest }) => !told.has(manifest.name) && !existsSync(join(root, folder, 'CHANGELOG.md')),
    )
    expect(untold.map(({ manifest }) => manifest.name)).toEqual([])
  })
})

describe('the workflows', () => {
  it('pin actions by commit', () => {
    const unpinned = find('.github/workflows/*.{yml,yaml}').flatMap((path) =>
      unpinnedActions(read(path)).map((action) => `${path}: ${action}`),
    )
    expect(unpinned).toEqual([])
  })
})
