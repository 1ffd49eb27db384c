import type { Fact, PageFact } from '../trace/fact.ts'
import { forgetFrames, forgottenIn } from '../trace/forgotten.ts'

/** How long facts about single frames are kept, in milliseconds: as long as Google's server keeps a session that has audio only. */
const keptMs = 15 * 60_000

/** The interval at which older ones are forgotten. */
const forgetEveryMs = 60_000

/** Collects the facts of one run as they come. Those about single frames are forgotten when they are old: an hour's take 60 MB. */
export class Journal {
  #facts: Fact[] = []
  #forgetAtMs: number = keptMs + forgetEveryMs
  readonly #startedAt: number = performance.now()
  readonly #onFact: (fact: Fact) => void
  #isOver = false

  constructor(onFact: (fact: Fact) => void) {
    this.#onFact = onFact
  }

  get facts(): readonly Fact[] {
    return this.#facts
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
    this.#facts.push(fact)
    this.#onFact(fact)
    if (fact.atMs >= this.#forgetAtMs) this.#forget(fact.atMs)
  }

  #forget(nowMs: number): void {
    this.#forgetAtMs = nowMs + forgetEveryMs
    this.#facts = [...forgetFrames(this.#facts, nowMs - keptMs)]
    const forgotten = forgottenIn(this.#facts)
    if (forgotten) this.#onFact(forgotten)
  }
}
