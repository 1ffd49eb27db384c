import { describe, expect, it } from 'vitest'
import { find, read } from './files.ts'
import { lawProblems, requirementProblems } from './law-problems.ts'
import { type Requirement, requirements } from './requirements.ts'
import { testTitles } from './source.ts'

/** Their ids, in the table of the document that states them. */
const laws = [...read('ARCHITECTURE.md').matchAll(/^\| (G\d+) /gm)].map(([, id = '']) => id)

const titles = find('packages/*/test/**/*.test.ts', 'apps/*/test/**/*.test.ts').flatMap((path) =>
  testTitles(read(path)),
)

describe('the laws', () => {
  it('are numbered from one, without a gap', () => {
    expect(laws).toEqual(laws.map((_, index) => `G${index + 1}`))
  })

  it('are cited by the tests, which cite no other', () => {
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
  it.each<[string, readonly string[], readonly string[], readonly string[]]>([
    ['nothing is wrong', ['G1'], ['G1: holds'], []],
    ['two in one title', ['G1', 'G3'], ['G1, G3: hold'], []],
    [
      'uncited',
      ['G1'],
      ['G11: holds', 'EG1 holds'],
      ['G11 is cited and is no law', 'G1 is a law and no test cites it'],
    ],
  ])('%s', (_, given, cited, problems) => {
    expect(lawProblems(given, cited)).toEqual(problems)
  })
})

describe('requirementProblems', () => {
  const one: Requirement = { id: 'G1.1', behaviour: 'It holds.', source: 'a source' }
  const two: Requirement = { ...one, id: 'G1.2' }

  it.each<[string, readonly Requirement[], readonly string[], readonly string[], readonly string[]]>([
    ['nothing is wrong', [one, two], ['G1'], ['G1.1, G1.2: hold'], []],
    ['nothing required', [], ['G1'], [], ['G1 is a law and nothing is required']],
    [
      'uncited',
      [one, two],
      ['G1'],
      ['G1.2: holds', 'G1.12: holds'],
      ['G1.1 is required and no test cites it', 'G1.12 is cited and is not required'],
    ],
    ['no source', [{ ...one, source: ' ' }], ['G1'], ['G1.1: holds'], ['G1.1 has no source']],
    [
      'a gap',
      [one, { ...two, id: 'G1.3' }],
      ['G1'],
      ['G1.1, G1.3: hold'],
      ['the ids are G1.1,G1.3, in place of G1.1,G1.2'],
    ],
    ['no law', [one], [], ['G1.1: holds'], ['the ids are G1.1, in place of ']],
  ])('%s', (_, given, ofLaws, cited, problems) => {
    expect(requirementProblems(given, ofLaws, cited)).toEqual(problems)
  })
})
