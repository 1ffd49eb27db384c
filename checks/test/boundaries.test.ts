import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { find, read, readJson, root } from './files.ts'
import { run } from './run.ts'
import { codeOf, importsOf, type ModuleImport, packageOf } from './source.ts'
import { runtimeDependencies, workspaces } from './workspaces.ts'

/** What each package may import. `types`: only with `import type`. `node:`: Node's own modules. */
const mayImport: Readonly<Record<string, Readonly<Record<string, 'values' | 'types'>>>> = {
  browser: { '@livegate/core': 'values' },
  core: {},
  genai: { '@livegate/core': 'values', '@google/genai': 'types' },
  ws: { '@livegate/core': 'values', ws: 'values' },
  emulator: {
    ws: 'values',
    selfsigned: 'values',
    'jsonc-parser': 'values',
    'node:': 'values',
  },
  testkit: { '@livegate/core': 'values', '@livegate/emulator': 'values' },
}

/** Globals for time, randomness and I/O (G11). */
const bannedInCore = [
  'Buffer',
  'Date',
  'WebSocket',
  'console',
  'crypto',
  'fetch',
  'performance',
  'process',
  'setInterval',
  'setTimeout',
]
const bannedUse = new RegExp(
  [
    String.raw`(?<![.\w$#])(?:${bannedInCore.join('|')}|setImmediate)\b`,
    String.raw`\bMath\s*\.\s*random\b`,
    // `globalThis` may be used only in types.
    String.raw`(?<!\btypeof )\bglobalThis\b|\bglobalThis\b(?! extends\b)`,
  ].join('|'),
  'g',
)
const bannedUses = (source: string): string[] => codeOf(source).match(bannedUse) ?? []

/** The files of core that adapt to the platform, with the otherwise banned names that they may use. */
const platformNames: Readonly<Record<string, readonly string[]>> = {
  'packages/core/src/platform.ts': ['Buffer'],
}

const maxLines = 400

const packageFolders = workspaces
  .map(({ folder }) => folder)
  .filter((folder) => folder.startsWith('packages/'))
const sourcesOf = (folder: string): string[] => find(`${folder}/src/**/*.ts`)
const imports = (path: string): (ModuleImport & { path: string })[] =>
  importsOf(read(path)).map((each) => ({ ...each, path }))

function mayNot(packageName: string, { specifier, isType }: ModuleImport): boolean {
  if (specifier.startsWith('.')) return false
  const right = mayImport[packageName]?.[packageOf(specifier) ?? 'node:']
  return right === undefined || (right === 'types' && !isType)
}

/** Whether a relative specifier in a file leads out of the file's workspace. */
const leaves = (folder: string, path: string, specifier: string): boolean =>
  specifier.startsWith('.') && !normalize(join(dirname(path), specifier)).startsWith(`${folder}/`)

describe('imports', () => {
  it('of a package are those that it may have', () => {
    const found = packageFolders.flatMap((folder) =>
      sourcesOf(folder)
        .flatMap(imports)
        .filter((each) => mayNot(basename(folder), each))
        .map(({ path, specifier }) => `${path}: ${specifier}`),
    )
    expect(found).toEqual([])
  })

  it.each<[boolean, string, string]>([
    [true, 'core', "import { createHash } from 'node:crypto'"],
    [true, 'core', "import type { WebSocket } from 'ws'"],
    [true, 'genai', "import { GoogleGenAI } from '@google/genai'"],
    [false, 'genai', "import type { GoogleGenAI } from '@google/genai'"],
    [false, 'ws', "await import('ws')"],
    [true, 'ws', "import type { Session } from '@google/genai'"],
    [true, 'emulator', "import type { Clock } from '@livegate/core/session'"],
    [false, 'emulator', "import { createServer } from 'node:http'"],
    [true, 'testkit', "import { it } from 'vitest'"],
    [true, 'testkit', "import { setTimeout } from 'node:timers'"],
    [true, 'testkit', "import { connectLive } from '@livegate/genai'"],
    [true, 'stranger', "import 'ws'"],
  ])('refused, %s: %s with %s', (refused, packageName, source) => {
    expect(importsOf(source).map((each) => mayNot(packageName, each))).toEqual([refused])
  })

  it('stay within their workspace when they are relative', () => {
    const found = workspaces
      .filter(({ folder }) => folder !== 'checks')
      .flatMap(({ folder }) =>
        find(`${folder}/{src,test}/**/*.ts`)
          .flatMap(imports)
          .filter(({ path, specifier }) => leaves(folder, path, specifier))
          .map(({ path, specifier }) => `${path}: ${specifier}`),
      )
    expect(found).toEqual([])
    expect(leaves('packages/a', 'packages/a/src/x.ts', '../../b/src/y.ts')).toBe(true)
    expect(leaves('packages/a', 'packages/a/src/x.ts', '../../ab/src/y.ts')).toBe(true)
    expect(leaves('packages/a', 'packages/a/test/x.ts', '../src/y.ts')).toBe(false)
  })

  it('between workspaces name a public entry point', () => {
    const entries = workspaces.flatMap(({ manifest: { name, exports = {} } }) =>
      Object.keys(exports).map((entry) => name + entry.slice(1)),
    )
    const found = workspaces
      .flatMap(({ folder }) => find(`${folder}/{src,test}/**/*.ts`))
      .flatMap(imports)
      .filter(({ specifier }) => specifier.startsWith('@livegate/') && !entries.includes(specifier))
    expect(found).toEqual([])
  })

  it.each(workspaces.filter(({ folder }) => sourcesOf(folder).length > 0))(
    'are exactly the declared dependencies: $folder',
    ({ folder, manifest }) => {
      const imported = sourcesOf(folder)
        .flatMap(imports)
        .flatMap(({ specifier }) => packageOf(specifier) ?? [])
      expect([...new Set(imported)].sort()).toEqual(runtimeDependencies(manifest))
    },
  )
})

describe('core', () => {
  it('is compiled without the types of any platform', async () => {
    const { stdout } = await run(join(root, 'node_modules/.bin/tsc'), [
      '--showConfig',
      '--project',
      'packages/core',
    ])
    const { compilerOptions } = JSON.parse(stdout) as { compilerOptions: { lib: string[]; types: string[] } }
    expect(compilerOptions.types).toEqual([])
    expect(compilerOptions.lib).toEqual(['es2023', 'esnext.disposable'])
  })

  it('uses no global for time, randomness or I/O', () => {
    const found = sourcesOf('packages/core').flatMap((path) =>
      bannedUses(read(path))
        .filter((use) => !platformNames[path]?.includes(use))
        .map((use) => `${path}: ${use}`),
    )
    expect(found).toEqual([])
  })

  it.each<[string, readonly string[]]>([
    ['const now = Date.now()', ['Date']],
    ['const chance = Math.random()', ['Math.random']],
    ['globalThis.setTimeout(() => {})', ['globalThis']],
    ['typeof globalThis.crypto', ['globalThis']],
    [`const text = \`at \${performance.now()}\``, ['performance']],
    ["const text = 'Date' // Date", []],
    ['type Platform = typeof globalThis extends { AbortSignal: object } ? 1 : 2', []],
    ['input.process(this.#fetch)', []],
  ])('%s: %j', (source, uses) => {
    expect(bannedUses(source)).toEqual(uses)
  })
})

describe('the linter', () => {
  /** Lints a probe file among the sources of core, and returns the globals that the linter refuses. */
  async function refusedIn(
    source: string,
  ): Promise<{ code: number | null; globals: (string | undefined)[] }> {
    // Use a folder with the repository's configuration, because with input from stdin the linter always fails.
    const folder = mkdtempSync(join(tmpdir(), 'livegate-probe-'))
    try {
      mkdirSync(join(folder, 'packages/core/src'), { recursive: true })
      copyFileSync(join(root, 'biome.json'), join(folder, 'biome.json'))
      writeFileSync(join(folder, 'packages/core/src/probe.ts'), source)
      const biome = join(root, 'node_modules/.bin/biome')
      const args = ['lint', '--vcs-enabled=false', '--reporter=json', '.']
      const { code, stdout } = await run(biome, args, { cwd: folder })
      const { diagnostics } = JSON.parse(stdout) as { diagnostics: { category: string; message: string }[] }
      const globals = diagnostics
        .filter(({ category }) => category === 'lint/style/noRestrictedGlobals')
        .map(({ message }) => /global variable (\w+)/.exec(message)?.[1])
      return { code, globals }
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  it('is configured to refuse the same globals in core', () => {
    interface Override {
      readonly includes: readonly string[]
      readonly linter: { readonly rules: { readonly style?: { readonly noRestrictedGlobals?: GlobalsRule } } }
    }
    interface GlobalsRule {
      readonly level: string
      readonly options: { readonly deniedGlobals: Readonly<Record<string, string>> }
    }
    const { overrides } = readJson<{ overrides: readonly Override[] }>('biome.json')
    const ofCore = overrides.find(({ includes }) => includes.includes('packages/core/src/**'))
    const rule = ofCore?.linter.rules.style?.noRestrictedGlobals
    expect(rule?.level).toBe('error')
    expect(Object.keys(rule?.options.deniedGlobals ?? {})).toEqual(expect.arrayContaining(bannedInCore))
  })

  it('refuses each of them, and nothing else', async () => {
    const uses = bannedInCore.map((name, index) => `export const use${index} = ${name}\n`)
    expect(await refusedIn(uses.join(''))).toEqual({ code: 1, globals: bannedInCore })
    expect(await refusedIn('export const harmless = 1\n')).toEqual({ code: 0, globals: [] })
  })
})

describe('source files', () => {
  it(`have at most ${maxLines} lines`, () => {
    const long = find('{packages,apps}/*/src/**/*.ts').filter(
      (path) => read(path).trimEnd().split('\n').length > maxLines,
    )
    expect(long).toEqual([])
  })

  it('have no default export, except where a tool or a platform needs one', () => {
    const asked = ['vitest.config.ts', 'worker.ts']
    const found = workspaces
      .flatMap(({ folder }) => find(`${folder}/{src,test}/**/*.ts`, `${folder}/*.ts`))
      .filter((path) => !asked.includes(basename(path)))
      .filter((path) => /^\s*export default\b|\bas default\b/m.test(codeOf(read(path))))
    expect(found).toEqual([])
  })
})
