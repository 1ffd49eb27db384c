import { defineConfig } from 'vitest/config'
import { shared } from '../../vitest.shared.ts'

export default defineConfig({
  // A run takes its real time, and waits for most of it. By default vitest leaves one processor idle.
  test: { ...shared.test, maxWorkers: '100%' },
})
