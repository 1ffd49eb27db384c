import type { Fact, PageFact } from '../trace/fact.ts'

/** The facts of one run, as they come. */
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

  note(fact: PageFact): void {
    this.take({ atMs: this.nowMs, ...fact })
  }

  /** What is told from now on belongs to the run no more. */
  end(): void {
    this.#isOver = true
  }

  /** A fact with a time of its own. */
  take(fact: Fact): void {
    if (this.#isOver) return
    this.facts.push(fact)
    this.#onFact(fact)
  }
}
