import type { Fact, FactOf } from './fact.ts'
import { startLevel } from './speech.ts'

/**
 * Tracks what would be lost if the connection ended now: pending calls, and a turn that is not over. Only the model tells a client that a
 * turn is over, so a turn that the model never answers stays open.
 */
export class Underway {
  /** Each pending call, with the number of turns that were over when it was made. */
  readonly #pending: Map<number | string, number> = new Map()
  #turnsOver = 0
  #isModelsTurn = false
  /**
   * How many turns of the model are to come. A turn answers what came before it, but of several messages only one; what comes during it,
   * or waits at the gate meanwhile, is answered by another.
   */
  #answersOwed = 0
  /** Whether one of them is for speech, which comes in many frames. */
  #isSpeechOwed = false

  get isCallPending(): boolean {
    return this.#pending.size > 0
  }

  get isNothing(): boolean {
    return !this.isCallPending && !this.#isModelsTurn && this.#answersOwed === 0
  }

  add(fact: Fact): void {
    switch (fact.type) {
      case 'connecting':
        // Its turn has ended with the earlier connection. What waits for this one is still owed an answer.
        this.#endTurn()
        return
      case 'called':
        this.#beginTurn()
        this.#pending.set(fact.id, this.#turnsOver)
        return
      case 'settled': {
        const turn = this.#pending.get(fact.id)
        // In the turn of its call, the model goes on.
        if (turn !== undefined && fact.as === 'answered' && turn !== this.#turnsOver) this.#oweAnswer()
        this.#pending.delete(fact.id)
        return
      }
      case 'offered':
        if (!beginsTurn(fact)) return
        if (fact.kind === 'text' || !this.#isSpeechOwed) this.#answersOwed++
        if (fact.kind !== 'text') this.#isSpeechOwed = true
        return
      case 'spoke':
        this.#beginTurn()
        return
      case 'interrupted':
        // The turn may end before anything of it was heard.
        this.#beginTurn()
        this.#endTurn()
        // It is owed to whoever interrupted.
        this.#oweAnswer()
        return
      case 'turn-complete':
        this.#endTurn()
        return
      case 'closed':
        this.#pending.clear()
        this.#endTurn()
        this.#answersOwed = 0
        this.#isSpeechOwed = false
    }
  }

  #beginTurn(): void {
    if (!this.#isModelsTurn) this.#answersOwed = Math.max(0, this.#answersOwed - 1)
    if (this.#answersOwed === 0) this.#isSpeechOwed = false
    this.#isModelsTurn = true
  }

  /** An answer to what is no message: one is enough, however much there is. */
  #oweAnswer(): void {
    this.#answersOwed = Math.max(1, this.#answersOwed)
  }

  #endTurn(): void {
    this.#isModelsTurn = false
    this.#turnsOver++
  }
}

function beginsTurn({ kind, fate, reason, level }: FactOf<'offered'>): boolean {
  if (fate === 'dropped') return false
  if (kind !== 'audio') return kind === 'text' || kind === 'activityStart'
  return level >= startLevel && reason !== 'pre-roll' && reason !== 'outside-bracket'
}
