/** How many times as many sequences as usual the property tests try. `pnpm soak` sets it. */
const effort = effortOf(process.env.LIVEGATE_EFFORT)

function effortOf(given: string = '1'): number {
  // fast-check never ends a number of runs that is not whole.
  if (/^[1-9]\d*$/.test(given)) return Number(given)
  throw new Error(`LIVEGATE_EFFORT: expected a whole number from 1, got ${given}`)
}

/** The seed of the property tests. A given seed repeats a run. A soak without one draws a seed and prints it. */
function seedOf(given: string | undefined): number | undefined {
  if (given === undefined && effort === 1) return undefined
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given)
  if (!Number.isSafeInteger(seed)) throw new Error(`LIVEGATE_SEED: expected a whole number, got ${given}`)
  if (given === undefined) process.stdout.write(`LIVEGATE_SEED=${seed}\n`)
  return seed
}

const seed = seedOf(process.env.LIVEGATE_SEED)

/** The configuration that all packages' tests share. `.ci/run` reads the counts in test-results.json. */
export const shared = {
  test: {
    include: ['test/**/*.test.ts'],
    provide: { effort, seed },
    // Without a seed, fast-check draws one for each property, and prints it on failure.
    setupFiles: seed === undefined ? [] : [`${import.meta.dirname}/vitest.seed.ts`],
    // Generous, for a busy machine. A soak has no limit.
    testTimeout: effort > 1 ? 0 : 30_000,
    reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
  },
} as const
