import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    readonly effort: number
  }
}

/** How much harder than usual to search: see vitest.shared.ts. */
export const effort = inject('effort')
