import type { Fact, PageFact } from '../trace/fact.ts'

/** Collects the facts of one run as they come. */
export class Journal {
  readonly facts: Fact[] = []
  readonly #startedAt: number = performance.now()
  readonly #onFact: (fact: Fact) => void
  #isOver = false

  constructor(onFact: (fact: Fact) => void) {
    this.#onFact = onFact
  }

  /** Milliseconds since the run began. */
  get nowMs(): number {
    return performance.now() - this.#startedAt
  }

  /** Adds a fact that happens now. */
  note(fact: PageFact): void {
    this.take({ atMs: this.nowMs, ...fact })
  }

  /** Ignores whatever comes from now on. */
  end(): void {
    this.#isOver = true
  }

  /** Adds a fact that has its own time. */
  take(fact: Fact): void {
    if (this.#isOver) return
    this.facts.push(fact)
    this.#onFact(fact)
  }
}
