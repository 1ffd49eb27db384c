import type { UsageMeter } from './usage-meter.ts'

/** What a conversation remembers across connections. */
export interface Memory {
  /** The indexes of the script's replies that were used. */
  readonly usedReplies: readonly number[]
  readonly heard: UsageMeter['heard']
}

/** A session across all its connections. */
export interface Lineage {
  /** How many connections it has had. */
  epoch: number
  /** When its latest connection ended; undefined while that is open. */
  endedAtMs: number | undefined
}

export type ResumeOutcome =
  | { readonly outcome: 'resumed'; readonly memory: Memory; readonly lineage: Lineage }
  | { readonly outcome: 'unknown' | 'expired' | 'still-open' }

// A bound for emulators that run for days. No client comes back for so old a handle.
const mostHandles = 100_000

/**
 * Stores the resumption handles of an emulator, at most the latest 100 000. Each stands for the state that its session had when
 * the handle was issued.
 */
export class HandleStore {
  readonly #lifetimeMs: number
  readonly #states = new Map<string, { readonly memory: Memory; readonly lineage: Lineage }>()

  /** A handle expires `lifetimeMs` milliseconds after its session's latest connection ended. */
  constructor(lifetimeMs: number) {
    this.#lifetimeMs = lifetimeMs
  }

  issue(handle: string, memory: Memory, lineage: Lineage, nowMs: number): void {
    for (const [old, state] of this.#states) {
      if (this.#states.size < mostHandles && !this.#isExpired(state.lineage, nowMs)) break
      this.#states.delete(old)
    }
    this.#states.set(handle, { memory, lineage })
  }

  /** Begins the next connection of a handle's session, if it can be resumed. */
  resume(handle: string, nowMs: number): ResumeOutcome {
    const state = this.#states.get(handle)
    if (state === undefined) return { outcome: 'unknown' }
    const { lineage } = state
    if (lineage.endedAtMs === undefined) return { outcome: 'still-open' }
    if (this.#isExpired(lineage, nowMs)) return { outcome: 'expired' }
    lineage.epoch++
    lineage.endedAtMs = undefined
    return { outcome: 'resumed', ...state }
  }

  #isExpired({ endedAtMs }: Lineage, nowMs: number): boolean {
    return endedAtMs !== undefined && nowMs - endedAtMs > this.#lifetimeMs
  }
}
