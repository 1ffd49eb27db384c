import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    readonly effort: number
  }
}

/** How many times as much a property is tried as in the usual test run. */
export const effort: number = inject('effort')
