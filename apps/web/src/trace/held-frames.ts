import type { Fact, FactOf } from './fact.ts'

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
  #waiting: number[] = []
  /** Those between two turns, of which the last are sent with the next turn. */
  #preRoll: number[] = []

  /** Adds a frame that was just offered, if it is held. */
  offer(index: number, { fate, reason }: FactOf<'offered'>): void {
    if (reason === 'pre-roll') this.#preRoll.push(index)
    else if (fate === 'held' && reason !== 'outside-bracket') this.#waiting.push(index)
  }

  /** Returns what a fact changes. */
  change(fact: Fact): HeldChange | undefined {
    if (fact.type === 'gate-opened') {
      return { indices: this.#waiting.splice(0), fate: 'replayed', leftMs: fact.atMs }
    }
    if (fact.type === 'offered' && fact.kind === 'activityStart') return this.#beginTurn(fact)
    if (fact.type !== 'given-up' || fact.kind !== 'audio') return undefined
    if (fact.reason === 'outside-bracket') {
      this.#preRoll.shift()
      return undefined
    }
    return { indices: this.#waiting.splice(0, 1), fate: 'dropped', reason: fact.reason }
  }

  /** Gives the pre-roll of a turn the fate of its start. */
  #beginTurn({ atMs, fate, reason }: FactOf<'offered'>): HeldChange | undefined {
    if (fate === 'dropped') return undefined
    const indices = this.#preRoll.splice(0)
    if (fate === 'sent') return { indices, fate: 'replayed', reason: 'pre-roll', leftMs: atMs }
    this.#waiting.push(...indices)
    return { indices, fate, ...(reason !== undefined && { reason }) }
  }
}
