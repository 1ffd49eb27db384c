import fc from 'fast-check'
import { beforeEach, inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    readonly seed: number
  }
}

// Of every test another seed: what two of them draw alike is tried once. By its name, so that it fares the same on its own.
beforeEach(({ task }) => {
  const mix = (seed: number, letter: string) => Math.imul(seed ^ letter.charCodeAt(0), 0x01000193)
  fc.configureGlobal({ seed: [...task.fullName].reduce(mix, inject('seed')) })
})
