/** How much harder than usual to search for a sequence that breaks a law: `pnpm soak` says a number. */
const effort = Number(process.env.LIVEGATE_EFFORT ?? 1)

/** What every package's tests share: the effort of properties, and the counts of a run in a file, for `.ci/run` to read. */
export const shared = {
  test: {
    include: ['test/**/*.test.ts'],
    provide: { effort },
    // For a machine that has other work; a search that was asked for may take as long as it takes.
    testTimeout: effort > 1 ? 0 : 30_000,
    reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
  },
} as const
