import { describe, expect, it } from 'vitest'
import { find, read } from './files.ts'
import { lawProblems, requirementProblems } from './law-problems.ts'
import { type Law, laws } from './laws.ts'
import { type Requirement, requirements } from './requirements.ts'
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

describe('the requirements', () => {
  it('belong to the laws in their order, have a source each, and are cited by a test each', () => {
    expect(requirementProblems(requirements, laws, titles)).toEqual([])
  })

  it('are each one sentence', () => {
    expect(requirements.filter(({ behaviour }) => !/^[A-Z].*\.$/.test(behaviour))).toEqual([])
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

describe('requirementProblems', () => {
  const law: Law = { id: 'G1', title: 'One.', inForce: true }
  const one: Requirement = { id: 'G1.1', behaviour: 'It holds.', source: 'a source' }
  const two: Requirement = { ...one, id: 'G1.2' }

  it.each<[string, readonly Requirement[], readonly Law[], readonly string[], readonly string[]]>([
    ['nothing is wrong', [one, two], [law], ['G1.1, G1.2: hold'], []],
    ['nothing required', [], [law], [], ['G1 is in force and nothing is required']],
    [
      'uncited',
      [one, two],
      [law],
      ['G1.2: holds', 'G1.12: holds'],
      ['G1.1 is required and no test cites it', 'G1.12 is cited and is not required'],
    ],
    ['no source', [{ ...one, source: ' ' }], [law], ['G1.1: holds'], ['G1.1 has no source']],
    [
      'a gap',
      [one, { ...two, id: 'G1.3' }],
      [law],
      ['G1.1, G1.3: hold'],
      ['the ids are G1.1,G1.3, in place of G1.1,G1.2'],
    ],
    ['no law', [one], [], ['G1.1: holds'], ['the ids are G1.1, in place of ']],
  ])('%s', (_, given, ofLaws, cited, problems) => {
    expect(requirementProblems(given, ofLaws, cited)).toEqual(problems)
  })
})
