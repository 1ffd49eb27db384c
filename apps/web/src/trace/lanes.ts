import type { Fact } from './fact.ts'
import { isOfFrame } from './forgotten.ts'
import { Frames } from './frames.ts'
import { ConnectionLane, type LaneKeeper, ModelLane, ServerLane, ToolsLane, TurnsLane } from './keepers.ts'
import type { Item, Lanes } from './lane.ts'
import { GateLane, MicrophoneLane } from './microphone-lane.ts'

/** Makes lanes from facts as they come. */
export class LaneBuilder {
  readonly #frames: Frames = new Frames()
  /** Of the lanes that show frames. */
  readonly #frameKeepers: readonly LaneKeeper[] = [new MicrophoneLane(this.#frames), new ServerLane()]
  readonly #otherKeepers: readonly LaneKeeper[] = [
    new TurnsLane(),
    new GateLane(),
    new ToolsLane(),
    new ModelLane(),
    new ConnectionLane(),
  ]
  /** The items of the others, until a fact comes that is not about a frame. A live run is drawn 60 times in a second. */
  #others: readonly Item[] | undefined
  #endMs = 0

  constructor(facts: readonly Fact[] = []) {
    for (const fact of facts) this.add(fact)
  }

  add(fact: Fact): void {
    // This fact is about the past.
    if (fact.type !== 'never-arrived') this.#endMs = Math.max(this.#endMs, fact.atMs)
    this.#frames.add(fact)
    for (const keeper of this.#frameKeepers) keeper.add(fact)
    if (isOfFrame(fact)) return
    for (const keeper of this.#otherKeepers) keeper.add(fact)
    this.#others = undefined
  }

  lanes(): Lanes {
    this.#others ??= this.#otherKeepers.flatMap((keeper) => keeper.items())
    const items = [...this.#frameKeepers.flatMap((keeper) => keeper.items()), ...this.#others]
    const ends = items.map(({ toMs = 0 }) => toMs)
    return { items, frames: this.#frames.all, endMs: ends.reduce((a, b) => Math.max(a, b), this.#endMs) }
  }
}

/** Makes the lanes of a run. */
export const lanesOf = (facts: readonly Fact[]): Lanes => new LaneBuilder(facts).lanes()
