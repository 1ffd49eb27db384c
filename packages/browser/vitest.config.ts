import { defineConfig } from 'vitest/config'
import { shared } from '../../vitest.shared.ts'

export default defineConfig({
  test: {
    ...shared.test,
    // A browser that plays and listens wants a processor to itself, and takes its time where it has to share one.
    fileParallelism: false,
    testTimeout: 4 * shared.test.testTimeout,
    expect: { poll: { timeout: shared.test.testTimeout } },
  },
})
