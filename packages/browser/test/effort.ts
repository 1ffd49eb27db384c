import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    readonly effort: number
  }
}

/** How many times as many sequences as usual are drawn: see vitest.shared.ts. */
export const effort = inject('effort')
