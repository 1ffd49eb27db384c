import type { Fact, PageFact } from '../trace/fact.ts'

/** The facts of one run, as they come. */
export class Journal {
  readonly facts: Fact[] = []
  readonly #startedAt: number = performance.now()
  readonly #onFact: (fact: Fact) => void

  constructor(onFact: (fact: Fact) => void) {
    this.#onFact = onFact
  }

  /** Milliseconds since the run began. */
  get nowMs(): number {
    return performance.now() - this.#startedAt
  }

  note(fact: PageFact): void {
    this.take({ atMs: this.nowMs, ...fact })
  }

  /** A fact with a time of its own. */
  take(fact: Fact): void {
    this.facts.push(fact)
    this.#onFact(fact)
  }
}
