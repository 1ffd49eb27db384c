import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { classifyClose } from '@livegate/ws'
import { describe, expect, it } from 'vitest'
import { find, read, readJson, root } from './files.ts'
import { type Compiler, GeneratedModules } from './generated-modules.ts'
import { anchorsOf, codeBlocks, docComments, linksOf } from './markdown.ts'
import { unknownCommands } from './shell-commands.ts'
import { type Manifest, publicPackages, workspaces } from './workspaces.ts'

const documents = find(
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'docs/**/*.md',
  'packages/*/README.md',
  'apps/*/README.md',
  'examples/README.md',
  '.changeset/README.md',
).map((path) => ({ path, text: read(path) }))

const sources = find('packages/*/src/**/*.ts').map((path) => ({ path, text: docComments(read(path)) }))

const blocks = [...documents, ...sources].flatMap(({ path, text }) =>
  codeBlocks(text).map((block) => ({ ...block, document: path })),
)
/** Whether a flag of a block is the name of a file, by which other blocks of the document import it. */
const isFile = (flag: string): boolean => /^[a-z][a-z-]*\.ts$/.test(flag)

const examples = blocks
  .filter(({ language }) => language === 'ts' || language === 'typescript')
  .map((block) => ({ ...block, file: block.flags.find(isFile) }))
const modules = new GeneratedModules('documents', examples)

/** How long an example may run on a busy machine. */
const limitMs = 30_000

describe('examples', () => {
  it('are found in documents and in sources', () => {
    const found = examples.map(({ document }) => document)
    expect(found).toEqual(
      expect.arrayContaining(['packages/emulator/README.md', 'packages/core/src/input-gate.ts']),
    )
  })

  it('stand below every @example', () => {
    const bare = sources.filter(({ path, text }) => {
      const announced = text.match(/^@example\b/gm) ?? []
      return announced.length > examples.filter(({ document }) => document === path).length
    })
    expect(bare.map(({ path }) => path)).toEqual([])
  })

  it.each<Compiler>(['typescript', 'typescript-5'])(
    'compile under the strict options with %s, against the built packages',
    async (compiler) => {
      expect(await modules.typeErrors(compiler)).toEqual([])
    },
    70_000,
  )

  it('have no flags other than no-run and the name of a file', () => {
    const flagged = examples.filter(({ flags }) => flags.some((flag) => flag !== 'no-run' && !isFile(flag)))
    expect(flagged.map(({ document, line }) => `${document}:${line}`)).toEqual([])
  })

  it('are as short as their document says: a transport in less than 60 lines', () => {
    const transport = examples.find(({ file }) => file === 'line-transport.ts')
    expect(transport?.document).toBe('docs/custom-transport.md')
    expect(transport?.code.split('\n').length).toBeLessThan(60)
  })

  const programs = examples.filter(({ flags }) => !flags.includes('no-run'))
  it.concurrent.each(programs)(
    'run to the end: $document:$line',
    async (program) => {
      expect(await modules.runError(program, limitMs)).toBeUndefined()
    },
    limitMs + 5_000,
  )
})

describe('commands', () => {
  it('exist', () => {
    const rootScripts = Object.keys(readJson<Manifest>('package.json').scripts ?? {})
    const scriptsOf = (filter: string | undefined): string[] =>
      filter === undefined
        ? rootScripts
        : Object.keys(workspaces.find(({ manifest }) => manifest.name === filter)?.manifest.scripts ?? {})
    const unknown = documents.flatMap(({ path, text }) =>
      unknownCommands(text, scriptsOf).map((command) => `${path}: ${command}`),
    )
    expect(unknown).toEqual([])
  })
})

/** The address of this repository's files, for readers of a package's page elsewhere. */
const onGitHub = 'https://github.com/livegate/livegate/blob/main/'

describe('links', () => {
  /** The file that a target names, and the anchor in it. */
  function placeOf(document: string, target: string): { file: string; anchor: string } {
    const [path = '', anchor = ''] = target.split('#')
    const file = decodeURIComponent(path.replace(/\?.*/, ''))
    return {
      file: file === '' ? document : join(file.startsWith('/') ? '' : dirname(document), file),
      anchor,
    }
  }

  /** Whether a link of a document leads to no file or no heading. */
  function isDead(document: string, target: string): boolean {
    const { file, anchor } = placeOf(document, target)
    if (!existsSync(join(root, file))) return true
    return anchor !== '' && file.endsWith('.md') && !anchorsOf(read(file)).includes(anchor)
  }

  it('point at files that exist, and at headings in them', () => {
    const dead = documents.flatMap(({ path, text }) =>
      linksOf(text.replaceAll(onGitHub, '/'))
        .filter(({ target }) => !/^(?:[a-z][a-z\d+.-]*:|\/\/)/i.test(target))
        .filter(({ target }) => isDead(path, target))
        .map(({ line, target }) => `${path}:${line}: ${target}`),
    )
    expect(dead).toEqual([])
  })

  it('in the readme of a package that lead out of it are absolute, because it is also read on npm', () => {
    const relative = publicPackages.flatMap(({ folder }) =>
      linksOf(read(`${folder}/README.md`))
        .filter(({ target }) => !/^(?:https:|#)/.test(target))
        .map(({ line, target }) => `${folder}/README.md:${line}: ${target}`),
    )
    expect(relative).toEqual([])
  })

  it.each([
    [false, 'README.md'],
    [false, '/README.md?plain=1'],
    [false, '../README.md#packages'],
    [false, '#how-we-work'],
    [true, '../READ.md'],
    [true, '../README.md#package'],
    [true, '#how-they-work'],
  ])('are dead, %s: %s', (dead, target) => {
    expect(isDead(target.startsWith('..') ? 'docs/page.md' : 'CONTRIBUTING.md', target)).toBe(dead)
  })
})

describe('sizes', () => {
  const sizesIn = (folder: string): readonly string[] =>
    read(`${folder}/README.md`).match(/\d[\d.]* kB/g) ?? []

  it('in the readme of a package are the limits in its package.json', () => {
    const wrong = publicPackages.flatMap(({ folder, manifest }) => {
      const limits = (manifest['size-limit'] ?? []).map(({ limit }) => limit)
      return sizesIn(folder)
        .filter((size) => !limits.includes(size))
        .map((size) => `${folder}: ${size}`)
    })
    expect(wrong).toEqual([])
  })

  it('are told in the readmes of the packages that a page loads', () => {
    const telling = publicPackages.filter(({ folder }) => sizesIn(folder).length > 0)
    expect(telling.map(({ folder }) => folder)).toEqual(['packages/browser', 'packages/core'])
  })
})

describe('events', () => {
  it('are all named in the readme of genai', () => {
    const sources = [
      ...['input-gate', 'live-session-event', 'tool-call-tracker'].map((file) => `core/src/${file}`),
      'genai/src/connect-session',
    ]
    const declared = sources.flatMap((file) =>
      [...read(`packages/${file}.ts`).matchAll(/readonly type: '([a-z-]+)'/g)].map(([, type]) => type),
    )
    const [, table = ''] = read('packages/genai/README.md').match(/^## Events$(.*?)^## /ms) ?? []
    const named = [...table.matchAll(/^\| `([a-z-]+)`/gm)].map(([, type]) => type)
    expect(named.sort()).toEqual(declared.sort())
  })
})

describe('the page of errors', () => {
  const page = read('docs/errors.md')
  const namesIn = (text: string, declaration: string): string[] => {
    const [union = ''] = text.match(new RegExp(`export type ${declaration} =[^/]*`)) ?? []
    return [...union.matchAll(/'([a-z-]+)'/g)].map(([, name = '']) => name)
  }

  it('has every code of an error', () => {
    const codes = namesIn(read('packages/core/src/livegate-error.ts'), 'LivegateErrorCode')
    expect(codes).toContain('worklet-failed')
    expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([])
  })

  /** The rows of the table of closes: the code and the reason if there are any, the cause, and whether another connection may help. */
  const [, table = ''] = page.match(/^## Why a session was closed$(.*?)^## /ms) ?? []
  const [, , ...rows] = table.match(/^\|.*/gm) ?? []
  const closes = rows.map((row) => {
    const [, code, reason, cause, again] =
      /^\|(?: (\d{4}))?[^`|]*(?:`([^`|]+)`)? *\| `([a-z-]+)` *\| (yes|no) /.exec(row) ?? []
    return { code: code && Number(code), reason, cause, again }
  })

  it('has every cause of a close', () => {
    const causes = namesIn(read('packages/core/src/classify-close.ts'), 'CloseCause')
    expect([...new Set(closes.map(({ cause }) => cause))].sort()).toEqual(causes)
  })

  it.each(closes)(
    'says of a close what a program is told: $code $reason',
    ({ code, reason, cause, again }) => {
      const told = classifyClose({ code: Number(code) || undefined, reason })
      expect(told).toMatchObject({ cause, retryable: again === 'yes' })
    },
  )
})
