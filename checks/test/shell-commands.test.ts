import { describe, expect, it } from 'vitest'
import { unknownCommands } from './shell-commands.ts'

const scriptsOf = (filter: string | undefined): string[] =>
  filter === 'inner' ? ['build'] : ['demo', 'test']

describe('unknownCommands', () => {
  it('knows the scripts of the root, those of a filtered workspace, and the commands of pnpm', () => {
    const shell = [
      'npx pnpm@12 test # all of it',
      'npx --yes pnpm@12 run demo && npx pnpm@12 install',
      'npx pnpm@12 --filter inner \\\n  build',
      'npx pnpm@12 exec biome check --write .',
      'npm install ws',
    ].join('\n')
    expect(unknownCommands(shell, scriptsOf)).toEqual([])
  })

  it('finds them in the prose of a document, where backticks end them', () => {
    const prose = '`npx pnpm@12 test` runs all.\n\n| `npx pnpm@12 dmeo` | the demo |\n'
    expect(unknownCommands(prose, scriptsOf)).toEqual(['dmeo'])
  })

  it.each(['tset', 'run install', '--filter inner demo', '--silent', 'build'])('refuses: %s', (words) => {
    expect(unknownCommands(`npx pnpm@12 ${words}`, scriptsOf)).toEqual([words])
  })
})
