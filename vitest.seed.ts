import fc from 'fast-check'
import { beforeEach, inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    readonly seed: number
  }
}

// Give each test a seed of its own, so that no two tests try the same sequences. Derive it from the test's name, so that the
// test behaves the same when it runs alone.
beforeEach(({ task }) => {
  const mix = (seed: number, letter: string) => Math.imul(seed ^ letter.charCodeAt(0), 0x01000193)
  fc.configureGlobal({ seed: [...task.fullName].reduce(mix, inject('seed')) })
})
