import type { Fact, FactOf } from './fact.ts'
import { startLevel } from './speech.ts'

/**
 * Tracks what would be lost if the connection ended now: pending calls, and a turn that is not over. Only the model's `turnComplete` tells
 * a client that a turn is over, so a turn that the model never answers stays open.
 */
export class Underway {
  readonly #pending: Set<number | string> = new Set()
  #isTurnOpen = false
  #wasInterrupted = false

  get isCallPending(): boolean {
    return this.#pending.size > 0
  }

  get isNothing(): boolean {
    return !this.isCallPending && !this.#isTurnOpen
  }

  add(fact: Fact): void {
    switch (fact.type) {
      case 'called':
        this.#pending.add(fact.id)
        return
      case 'settled': {
        const wasPending = this.#pending.delete(fact.id)
        // The model is about to use the answer.
        if (wasPending && fact.as === 'answered') this.#isTurnOpen = true
        return
      }
      case 'offered':
        if (beginsTurn(fact)) this.#isTurnOpen = true
        return
      case 'spoke':
        this.#isTurnOpen = true
        this.#wasInterrupted = false
        return
      case 'interrupted':
        this.#isTurnOpen = true
        this.#wasInterrupted = true
        return
      case 'turn-complete':
        // This completes an interrupted turn; the turn that interrupted it goes on.
        this.#isTurnOpen = this.#wasInterrupted
        this.#wasInterrupted = false
        return
      case 'closed':
        this.#pending.clear()
        this.#isTurnOpen = false
    }
  }
}

function beginsTurn({ kind, fate, reason, level }: FactOf<'offered'>): boolean {
  if (fate === 'dropped') return false
  if (kind !== 'audio') return kind === 'text' || kind === 'activityStart'
  return level >= startLevel && reason !== 'pre-roll' && reason !== 'outside-bracket'
}
