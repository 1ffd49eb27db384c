import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { root } from './files.ts'
import { run } from './run.ts'
import { publicPackages, runtimeDependencies, workspaces } from './workspaces.ts'

/** Every name that can be imported at run time. Add a name here deliberately, with the changeset that announces it. */
const publicNames: Readonly<Record<string, readonly string[]>> = {
  '@livegate/browser': [
    'LivegateError',
    'classifyClose',
    'connectLive',
    'connectVoice',
    'defineTool',
    'dropInput',
    'holdInput',
    'isLivegateError',
    'openMicrophone',
    'openSpeaker',
    'passInput',
    'profileFor',
    'samplesOf',
  ],
  '@livegate/browser/worklet.js': [],
  '@livegate/core': [
    'InputGate',
    'LivegateError',
    'ToolCallTracker',
    'callBlocks',
    'checkInput',
    'checkPolicy',
    'dropInput',
    'holdInput',
    'isLivegateError',
    'passInput',
    'pcmDurationMs',
    'profileFor',
  ],
  '@livegate/core/close': ['classifyClose'],
  '@livegate/core/session': [
    'LiveSession',
    'checkTimeout',
    'defineTool',
    'messageOf',
    'mustBe',
    'refuseOthers',
  ],
  '@livegate/core/wire': [
    'endpointOf',
    'fromBase64',
    'readFrame',
    'samplesOf',
    'toBase64',
    'toClientContent',
    'toContextUpdate',
    'toRealtimeInput',
    'toSetup',
    'vertexEndpoint',
    'withoutSecrets',
    'writeFrame',
  ],
  '@livegate/emulator': ['EmulatorError', 'startEmulator'],
  '@livegate/genai': [
    'LivegateError',
    'classifyClose',
    'connectLive',
    'defineTool',
    'dropInput',
    'gateLive',
    'holdInput',
    'isLivegateError',
    'passInput',
    'profileFor',
  ],
  '@livegate/testkit': ['ConformanceError', 'LinkedServer', 'ManualClock', 'testTransport'],
  '@livegate/ws': [
    'LivegateError',
    'classifyClose',
    'connectLive',
    'defineTool',
    'dropInput',
    'holdInput',
    'isLivegateError',
    'passInput',
    'profileFor',
    'samplesOf',
    'vertexEndpoint',
  ],
}

/** The files with side effects on import, which bundlers must keep. Packages that are not listed have none. */
const sideEffects: Readonly<Record<string, readonly string[]>> = {
  '@livegate/browser': ['./dist/worklet.js'],
}

describe.each(publicPackages)('$folder', ({ folder, manifest }) => {
  const { exports = {} } = manifest

  it('has a complete package.json', () => {
    expect(manifest).toMatchObject({
      name: `@livegate/${basename(folder)}`,
      description: expect.stringMatching(/\S/),
      license: 'MIT',
      repository: { type: 'git', directory: folder },
      type: 'module',
      sideEffects: sideEffects[manifest.name] ?? false,
      engines: { node: '>=22' },
      publishConfig: { access: 'public' },
      files: expect.arrayContaining(['dist']),
    })
  })

  it('exports its entries with their types first, and its package.json', () => {
    const { './package.json': self, ...entries } = exports
    expect(self).toBe('./package.json')
    for (const entry of Object.values(entries)) {
      expect(entry).toEqual({
        types: expect.stringMatching(/^\.\/dist\/[\w/-]+\.d\.ts$/),
        default: expect.stringMatching(/^\.\/dist\/[\w/-]+\.js$/),
      })
      expect(Object.keys(entry)[0]).toBe('types')
    }
  })

  it('depends on no private package', () => {
    const privateNames = workspaces
      .filter(({ manifest: { private: isPrivate } }) => isPrivate)
      .map((each) => each.manifest.name)
    expect(runtimeDependencies(manifest).filter((name) => privateNames.includes(name))).toEqual([])
  })

  it('exports exactly the known names', async () => {
    const entries = Object.entries(exports).flatMap(([entry, target]) =>
      typeof target === 'object' ? [[manifest.name + entry.slice(1), target.default ?? ''] as const] : [],
    )
    const found: Record<string, readonly string[]> = {}
    for (const [specifier, target] of entries) {
      const module: object = await import(pathToFileURL(join(root, folder, target)).href)
      found[specifier] = Object.keys(module).sort()
    }
    const known = Object.entries(publicNames).filter(
      ([specifier]) => specifier === manifest.name || specifier.startsWith(`${manifest.name}/`),
    )
    expect(found).toEqual(Object.fromEntries(known))
  })

  describe('packed', () => {
    let packed: readonly string[] = []

    beforeAll(async () => {
      const args = ['pack', '--dry-run', '--json', '--ignore-scripts']
      const { stdout } = await run('npm', args, { cwd: join(root, folder) })
      const [report] = JSON.parse(stdout) as [{ files: readonly { readonly path: string }[] }]
      packed = report.files.map(({ path }) => path)
    }, 30_000)

    it('contains its exports, its commands, its readme and its licence', () => {
      const targets = Object.values(exports).flatMap((target) =>
        typeof target === 'string' ? target : Object.values(target),
      )
      const needed = [
        'LICENSE',
        'README.md',
        'dist/index.js',
        ...targets.map((target) => target.slice('./'.length)),
        // Without a `./`: npm would correct that when it publishes, with a warning that the command was removed.
        ...Object.values(manifest.bin ?? {}),
      ]
      expect(needed.filter((path) => !packed.includes(path))).toEqual([])
    })

    it('contains no test and no state of the compiler', () => {
      expect(packed.filter((path) => /(?:^|\/)test\/|\.test\.|\.tsbuildinfo$/.test(path))).toEqual([])
    })

    it('contains nothing that an earlier build left behind', () => {
      // The compiler never deletes files. If this fails, delete `dist` and build again.
      const source = (path: string): string =>
        path.replace(/^dist\/(.*?)(?:\.d\.ts|\.js)(?:\.map)?$/, 'src/$1.ts')
      expect(packed.filter((path) => !existsSync(join(root, folder, source(path))))).toEqual([])
    })
  })
})

describe('the public packages', () => {
  it('are exactly those with known names', () => {
    expect(publicPackages.map(({ manifest }) => manifest.name)).toEqual(
      [...new Set(Object.keys(publicNames).map((specifier) => specifier.split('/', 2).join('/')))].sort(),
    )
  })

  it('accept both major versions of the SDK that are in use', () => {
    const peers = publicPackages.flatMap(({ manifest }) => manifest.peerDependencies?.['@google/genai'] ?? [])
    expect(peers).toEqual(['^2.0.0 || ^3.0.0'])
  })
})
