import type { Fact, FactOf } from './fact.ts'
import { Queue } from './queue.ts'

/** What became of frames that were held. */
interface HeldChange {
  readonly indices: readonly number[]
  readonly fate: 'held' | 'replayed' | 'dropped'
  readonly reason?: string
  /** When they were sent. */
  readonly leftMs?: number
}

/** Tracks the frames that are held, by their numbers, from fact to fact. */
export class HeldFrames {
  /** Those that wait at the gate, oldest first. */
  readonly #waiting: Queue<number> = new Queue()
  /** Those between two turns, of which the last are sent with the next turn. */
  readonly #preRoll: Queue<number> = new Queue()

  /** Adds a frame that was just offered, if it is held. */
  offer(index: number, { fate, reason }: FactOf<'offered'>): void {
    if (reason === 'pre-roll') this.#preRoll.add([index])
    else if (fate === 'held' && reason !== 'outside-bracket') this.#waiting.add([index])
  }

  /** Returns what a fact changes. */
  change(fact: Fact): HeldChange | undefined {
    if (fact.type === 'gate-opened') {
      return { indices: this.#waiting.takeAll(), fate: 'replayed', leftMs: fact.atMs }
    }
    if (fact.type === 'offered' && fact.kind === 'activityStart') return this.#beginTurn(fact)
    if (fact.type !== 'given-up' || fact.kind !== 'audio') return undefined
    if (fact.reason === 'outside-bracket') {
      this.#preRoll.takeFirst()
      return undefined
    }
    return { indices: this.#waiting.takeFirst(), fate: 'dropped', reason: fact.reason }
  }

  /** Gives the pre-roll of a turn the fate of its start. */
  #beginTurn({ atMs, fate, reason }: FactOf<'offered'>): HeldChange | undefined {
    if (fate === 'dropped') return undefined
    const indices = this.#preRoll.takeAll()
    if (fate === 'sent') return { indices, fate: 'replayed', reason: 'pre-roll', leftMs: atMs }
    this.#waiting.add(indices)
    return { indices, fate, ...(reason !== undefined && { reason }) }
  }
}
