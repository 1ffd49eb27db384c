/** How much harder than usual to search for a sequence that breaks a law: `pnpm soak` says a number. */
const effort = Number(process.env.LIVEGATE_EFFORT ?? 1)

/** What the search draws from: given, it is the same search again. A hard one that is given none says which it takes. */
function seedOf(given: string | undefined): number | undefined {
  if (given === undefined && effort === 1) return undefined
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given)
  if (!Number.isSafeInteger(seed)) throw new Error(`LIVEGATE_SEED: expected a whole number, got ${given}`)
  if (given === undefined) process.stdout.write(`LIVEGATE_SEED=${seed}\n`)
  return seed
}

const seed = seedOf(process.env.LIVEGATE_SEED)

/** What every package's tests share: the effort of properties, and the counts of a run in a file, for `.ci/run` to read. */
export const shared = {
  test: {
    include: ['test/**/*.test.ts'],
    provide: { effort, seed },
    // Without it fast-check takes a seed of its own for each property, and says on failure which.
    setupFiles: seed === undefined ? [] : [`${import.meta.dirname}/vitest.seed.ts`],
    // For a machine that has other work; a search that was asked for may take as long as it takes.
    testTimeout: effort > 1 ? 0 : 30_000,
    reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
  },
} as const
