import { describe, expect, it } from 'vitest'
import { anchorsOf, codeBlocks, docComments, linksOf } from './markdown.ts'

const text = (...lines: readonly string[]): string => lines.join('\n')

describe('codeBlocks', () => {
  it('knows the language, the flags and the line of each', () => {
    const markdown = text('# Title', '```ts no-run', 'one()', 'two()', '```', '', '~~~sh', 'three', '~~~')
    expect(codeBlocks(markdown)).toEqual([
      { language: 'ts', flags: ['no-run'], line: 3, code: 'one()\ntwo()' },
      { language: 'sh', flags: [], line: 8, code: 'three' },
    ])
  })

  it('removes the indentation of a list, and keeps that of the code', () => {
    const markdown = text('- item', '', '  ```ts', '  if (x) {', '    y()', '  }', '  ```')
    expect(codeBlocks(markdown)).toEqual([{ language: 'ts', flags: [], line: 4, code: 'if (x) {\n  y()\n}' }])
  })

  it('treats a fence within a longer fence as content', () => {
    const markdown = text('````md', '```ts', 'x', '```', '````', '```ts', 'y', '```')
    expect(codeBlocks(markdown).map(({ language, code }) => [language, code])).toEqual([
      ['md', '```ts\nx\n```'],
      ['ts', 'y'],
    ])
  })

  it('reads to the end where a fence is never closed', () => {
    expect(codeBlocks(text('```ts', 'x'))).toEqual([{ language: 'ts', flags: [], line: 2, code: 'x' }])
  })
})

describe('linksOf', () => {
  it('finds links, pictures, definitions and HTML, outside of code', () => {
    const markdown = text(
      'See [a](./a.md#part) and ![b](b.png "title"), not `[c](c.md)`.',
      '[d]: <docs/d.md>',
      '<img src="e.svg">',
      '```md',
      '[f](f.md)',
      '```',
    )
    expect(linksOf(markdown)).toEqual([
      { line: 1, target: './a.md#part' },
      { line: 1, target: 'b.png' },
      { line: 2, target: 'docs/d.md' },
      { line: 3, target: 'e.svg' },
    ])
  })
})

describe('anchorsOf', () => {
  it('makes the same anchors as GitHub', () => {
    const markdown = text(
      '# `openSpeaker(options)`, [linked](a.md)',
      'Setext is not used',
      '## What it can’t do: a_b – c',
      '```sh',
      '# no heading',
      '```',
      '## Twice',
      '### Twice ##',
    )
    expect(anchorsOf(markdown)).toEqual([
      'openspeakeroptions-linked',
      'what-it-cant-do-a_b--c',
      'twice',
      'twice-1',
    ])
  })
})

describe('docComments', () => {
  it('keeps only the text of the comments, on its lines', () => {
    const source = text(
      'const one = 1',
      '/**',
      ' * Words.',
      ' * ```ts',
      ' *   two()',
      ' * ```',
      ' */',
      'const two = 2',
    )
    expect(docComments(source)).toBe(text('', '', 'Words.', '```ts', '  two()', '```', '', ''))
  })
})
