import { describe, expect, it } from 'vitest'
import { codeOf, importsOf, packageOf, testTitles, withoutComments } from './source.ts'

describe('importsOf', () => {
  it('finds every way to name a module, and tells which are erased', () => {
    const source = [
      "import 'side-effect'",
      "import standard from 'standard'",
      "import * as everything from 'everything'",
      'import {',
      '  type One,',
      '  two,',
      "} from 'several'",
      "import type { Type } from 'type'",
      "export * from 'star'",
      "export type { Other } from './other.ts'",
      "const lazy = await import('lazy')",
    ].join('\n')
    expect(importsOf(source)).toEqual([
      { specifier: 'side-effect', isType: false },
      { specifier: 'standard', isType: false },
      { specifier: 'everything', isType: false },
      { specifier: 'several', isType: false },
      { specifier: 'type', isType: true },
      { specifier: 'star', isType: false },
      { specifier: './other.ts', isType: true },
      { specifier: 'lazy', isType: false },
    ])
  })

  it('ignores comments, and exports that name no module', () => {
    const source = [
      "// import 'in-a-line'",
      "/** import { x } from 'in-a-block' */",
      "const address = 'ws://host' // import 'behind-an-address'",
      "export const name = 'no module'",
      "export type Kind = 'no' | 'module'",
    ].join('\n')
    expect(importsOf(source)).toEqual([])
  })
})

describe('packageOf', () => {
  it.each([
    ['ws', 'ws'],
    ['ws/lib/sender.js', 'ws'],
    ['@livegate/core', '@livegate/core'],
    ['@livegate/core/dist/index.js', '@livegate/core'],
    ['node:fs', undefined],
    ['./near.ts', undefined],
    ['../far.ts', undefined],
  ])('%s: %s', (specifier, expected) => {
    expect(packageOf(specifier)).toBe(expected)
  })
})

describe('codeOf', () => {
  it('removes comments and text, and keeps the expressions of templates', () => {
    const source = `const a = 'Date' // Date\n/* Date */ const b = \`at \${performance.now()}\``
    expect(codeOf(source)).toBe("const a = '' \n const b = (performance.now())")
  })
})

describe('withoutComments', () => {
  it.each([
    ['a(/[\'"`]/) // gone', 'a(/[\'"`]/) '],
    ['a = /[/]\\/\\// // gone', 'a = /[/]\\/\\// '],
    ['a / b / c // gone', 'a / b / c '],
    ['a("//", /*gone*/ b)', 'a("//",  b)'],
  ])('%s', (source, expected) => {
    expect(withoutComments(source)).toBe(expected)
  })
})

describe('testTitles', () => {
  it('finds titles on the line of the call, below it, and behind a table', () => {
    const source = [
      "it('one', () => {})",
      'test.concurrent(',
      '  "it\'s two",',
      '  () => {},',
      ')',
      "it.each<[string]>([['a'], ['b']])('three: %s', () => {})",
    ].join('\n')
    expect(testTitles(source)).toEqual(['one', "it's two", 'three: %s'])
  })

  it('ignores tests that do not run, and what is not a test', () => {
    // Split, so that this file does not count as containing such tests.
    const call = (modifier: string): string => `it.${modifier}('G1: later', () => {})`
    const source = [
      call('to' + 'do'),
      call('sk' + 'ip'),
      "// it('a comment', () => {})",
      "describe('a group', () => {})",
    ]
    expect(testTitles(source.join('\n'))).toEqual([])
  })
})
