import type { Fact } from './fact.ts'
import { Frames } from './frames.ts'
import { ConnectionLane, type LaneKeeper, ModelLane, ServerLane, ToolsLane, TurnsLane } from './keepers.ts'
import type { Lanes } from './lane.ts'
import { GateLane, MicrophoneLane } from './microphone-lane.ts'

/** Makes lanes from facts as they come. */
export class LaneBuilder {
  readonly #frames: Frames = new Frames()
  readonly #keepers: readonly LaneKeeper[]
  #endMs = 0

  constructor(facts: readonly Fact[] = []) {
    this.#keepers = [
      new MicrophoneLane(this.#frames),
      new ServerLane(),
      new TurnsLane(),
      new GateLane(),
      new ToolsLane(),
      new ModelLane(),
      new ConnectionLane(),
    ]
    for (const fact of facts) this.add(fact)
  }

  add(fact: Fact): void {
    // This fact is about the past.
    if (fact.type !== 'never-arrived') this.#endMs = Math.max(this.#endMs, fact.atMs)
    this.#frames.add(fact)
    for (const keeper of this.#keepers) keeper.add(fact)
  }

  lanes(): Lanes {
    const items = this.#keepers.flatMap((keeper) => keeper.items())
    const ends = items.map(({ toMs = 0 }) => toMs)
    return { items, frames: this.#frames.all, endMs: ends.reduce((a, b) => Math.max(a, b), this.#endMs) }
  }
}

/** Makes the lanes of a run. */
export const lanesOf = (facts: readonly Fact[]): Lanes => new LaneBuilder(facts).lanes()
