import { beforeEach, describe, expect, it } from 'vitest'
import { read } from './files.ts'
import { checkModel, findingOf, missingTools, modelPath } from './model.ts'

/** The faults that can be planted in the model, and the laws that each breaks. spin decides which violation it meets first. */
const mutants: readonly { readonly mutant: string; readonly laws: readonly string[] }[] = [
  { mutant: 'OPENS_AT_FIRST_RESPONSE', laws: ['G2', 'G1', 'G6'] },
  { mutant: 'CANCELLATION_CLEARS_ALL', laws: ['G2', 'G1', 'G6'] },
  { mutant: 'RELEASES_BEFORE_RESPONSE', laws: ['G2', 'G1', 'G6'] },
  { mutant: 'HOLD_DOES_NOT_STOP_RELEASE', laws: ['G1', 'G6'] },
  { mutant: 'OVERTAKES_THE_BACKLOG', laws: ['G6', 'G4'] },
  { mutant: 'NO_DEADLINE', laws: ['G3', 'G4', 'G7'] },
  { mutant: 'FAILED_RESPONSE_KEEPS_HOLD', laws: ['G3', 'G4'] },
  { mutant: 'DROPS_SIGNALS', laws: ['G4'] },
  { mutant: 'BELIEVES_A_FAILED_SEND', laws: ['G4'] },
  { mutant: 'ELIDES_INSIDE_A_BRACKET', laws: ['G4'] },
  { mutant: 'LATE_RESPONSE', laws: ['G7'] },
  { mutant: 'ANSWERS_TWICE', laws: ['G7'] },
]

/** Enough on a machine that runs all other tests too. Alone, the longest search takes about ten seconds. */
const limitMs = 300_000

describe('the model of the gate', () => {
  it('has exactly the mutants listed here', () => {
    const [, names = ''] = /mtype:fault = \{([^}]*)\}/.exec(read(modelPath)) ?? []
    expect(names.split(',').map((name) => name.trim())).toEqual([
      'NONE',
      ...mutants.map(({ mutant }) => mutant),
    ])
  })

  describe('in every run', () => {
    const missing = missingTools()

    beforeEach(async (context) => {
      const tools = await missing
      if (tools.length === 0) return
      const advice = `this test needs ${tools.join(' and ')}: install them, for example with apt-get install spin gcc`
      if (process.env.CI) throw new Error(advice)
      context.skip(advice)
    })

    it.concurrent(
      'G1, G2, G3, G4, G6, G7: hold',
      async () => {
        expect(await checkModel('laws')).toEqual({ errors: 0, broken: undefined, cutShort: [] })
      },
      limitMs,
    )

    // The search above checks what holds at the end of a run; this one checks that every run ends.
    it.concurrent(
      'G3: comes to its end',
      async () => {
        expect(await checkModel('endless-runs')).toEqual({ errors: 0, broken: undefined, cutShort: [] })
      },
      limitMs,
    )

    it.concurrent.each(mutants)(
      '$laws.0: is seen to be broken by $mutant',
      async ({ mutant, laws }) => {
        const { errors, broken } = await checkModel('laws', mutant)
        expect(errors).toBe(1)
        expect(laws).toContain(broken)
      },
      limitMs,
    )
  })
})

describe('findingOf', () => {
  it.each([
    ['errors: 0', { errors: 0, broken: undefined, cutShort: [] }],
    [
      'pan:1: assertion violated (G4||((kind==2)||open)) (at depth 69)\nWarning: Search not completed\nerrors: 1',
      { errors: 1, broken: 'G4', cutShort: ['Search not completed'] },
    ],
    [
      'pan:1: invalid end state (at depth 7)\nerrors: 1',
      { errors: 1, broken: 'invalid end state', cutShort: [] },
    ],
    [
      'error: max search depth too small\nerrors: 0',
      { errors: 0, broken: undefined, cutShort: ['max search depth too small'] },
    ],
  ])('%j', (report, finding) => {
    expect(findingOf(report)).toEqual(finding)
  })
})
