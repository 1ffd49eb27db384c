import { describe, expect, it } from 'vitest'
import { find, read } from './files.ts'
import { lawProblems } from './law-problems.ts'
import { type Law, laws } from './laws.ts'
import { testTitles } from './source.ts'

const titles = find('packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts').flatMap((path) =>
  testTitles(read(path)),
)

describe('the laws', () => {
  it('are numbered from one, without a gap', () => {
    expect(laws.map(({ id }) => id)).toEqual(laws.map((_, index) => `G${index + 1}`))
  })

  it('are each one sentence', () => {
    expect(laws.filter(({ title }) => !/^[A-Z][^.]*\.$/.test(title))).toEqual([])
  })

  it('are cited by the tests exactly where they are in force', () => {
    expect(lawProblems(laws, titles)).toEqual([])
  })
})

describe('lawProblems', () => {
  const inForce: Law = { id: 'G1', title: 'One.', inForce: true }
  const later: Law = { id: 'G2', title: 'Two.', inForce: false, reason: 'Not yet.' }

  it.each<[string, readonly Law[], readonly string[], readonly string[]]>([
    ['nothing is wrong', [inForce, later], ['G1: holds'], []],
    ['two in one title', [inForce, { ...inForce, id: 'G3' }], ['G1, G3: hold'], []],
    [
      'uncited',
      [inForce],
      ['G11: holds', 'EG1 holds'],
      ['G11 is cited and is no law', 'G1 is in force and no test cites it'],
    ],
    ['stale', [later], ['G2: holds'], ['G2 is cited and said not to be in force']],
    ['no reason', [{ ...later, reason: ' ' }], [], ['G2 is not in force for no reason']],
  ])('%s', (_, given, cited, problems) => {
    expect(lawProblems(given, cited)).toEqual(problems)
  })
})
