import { describe, expect, it } from 'vitest'
import { findUnwanted, releasesOf, unpinnedActions } from './tracked-text.ts'

/** Joins the parts of a text that would be found in this file if it were written in one piece. */
const pieces = (...parts: readonly string[]): string => parts.join('')

describe('findUnwanted', () => {
  it.each([
    [pieces('cd /', 'home/someone'), 'a path of one machine'],
    [pieces('"/', 'Users/someone/x"'), 'a path of one machine'],
    [pieces('C:', '\\Users', '\\someone'), 'a path of one machine'],
    [pieces('https://registry', '.example.org/ws'), 'the host of a registry'],
    [pieces('registry', '=http://localhost'), 'the host of a registry'],
    [pieces('// TO', 'DO: later'), 'a marker of unfinished work'],
    [pieces('# FIX', 'ME'), 'a marker of unfinished work'],
    [pieces('it', '.only("x")'), 'a test that is skipped, or skips others'],
    [pieces('describe.concurrent', '.skip("x")'), 'a test that is skipped, or skips others'],
  ])('finds: %s', (line, what) => {
    expect(findUnwanted(`first\n${line}`)).toEqual([{ line: 2, what }])
  })

  it.each([
    'https://example.org/home/page',
    'a script in the registry.',
    'docs/work/notes',
    'words.skip(1)',
    'mastodon',
  ])('ignores: %s', (line) => {
    expect(findUnwanted(line)).toEqual([])
  })
})

describe('unpinnedActions', () => {
  it('finds actions that are not named by a full commit', () => {
    const commit = '0123456789abcdef0123456789abcdef01234567'
    const workflow = [
      'steps:',
      `  - uses: owner/pinned@${commit} # v4`,
      '  - uses: owner/tagged@v4',
      '  - name: named',
      '    uses: "owner/short@0123456"',
      '  - uses: ./.github/actions/own',
    ].join('\n')
    expect(unpinnedActions(workflow)).toEqual(['owner/tagged@v4', 'owner/short@0123456'])
  })
})

describe('releasesOf', () => {
  it('reads the front matter and nothing below it', () => {
    expect(
      releasesOf('---\n\'@livegate/core\': minor\n"@livegate/genai": patch\n---\n\nNote: text.\n'),
    ).toEqual([
      ['@livegate/core', 'minor'],
      ['@livegate/genai', 'patch'],
    ])
  })
})
