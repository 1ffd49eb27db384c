import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    readonly effort: number
  }
}

/** How many times as many sequences as usual a property test tries. */
export const effort: number = inject('effort')
