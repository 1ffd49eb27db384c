/** What every package's tests share: the counts of a run in a file, where `.ci/run` reads them. */
export const shared = {
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
  },
} as const
