import { defineConfig, type ViteUserConfig } from 'vitest/config'

/** What every package's tests share: no retries, no globals, and the counts in a file for `.ci/run`. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    reporters: ['default', ['json', { outputFile: 'test-results.json' }]],
  },
})
export default config
