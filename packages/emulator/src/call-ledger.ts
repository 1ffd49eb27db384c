/** A call that was sent. */
export interface OpenedCall {
  readonly id: string
  readonly name: string
  readonly blocking: boolean
}

/** What an answer or a cancellation did. */
export interface Settlement {
  readonly idWas: 'pending' | 'answered' | 'cancelled' | 'unknown'
  /** Set when no call is left for the model to wait for: what it says then. */
  readonly thenSay?: string
  /** Set with it: whether the model was waiting, and could not speak before. */
  readonly blocked?: boolean
}

/** Calls that the model waits for together. */
interface Round {
  readonly waitingFor: Set<string>
  readonly thenSay: string
  readonly openedAtMs: number
}

interface PendingCall {
  readonly name: string
  readonly round: Round
}

// Calls that are remembered after their end.
const settledCalls = 1000

/**
 * Knows the calls that were sent: all that are pending, and of the others the latest thousand. While a blocking call is pending
 * there is a window; a blocking call that comes during the window joins it, and the model goes on, once, when all blocking calls
 * of the window are settled. Each call that does not block is a round of its own, which opens no window, whatever else its
 * toolCall has: nothing waits for it, and it waits for nothing.
 */
export class CallLedger {
  readonly #pending = new Map<string, PendingCall>()
  readonly #settled = new Map<string, 'answered' | 'cancelled'>()
  #window: Round | undefined

  /** When the toolCall was sent that opened the window; undefined while there is no window. */
  get windowOpenedAtMs(): number | undefined {
    return this.#window?.openedAtMs
  }

  /** Whether any call is pending, blocking or not. */
  get anyPending(): boolean {
    return this.#pending.size > 0
  }

  /** The calls that the window waits for. */
  get blockingIds(): readonly string[] {
    return [...(this.#window?.waitingFor ?? [])]
  }

  /** The pending call of this name that was sent first. */
  oldestPending(name: string | undefined): string | undefined {
    return [...this.#pending].find(([, call]) => call.name === name)?.[0]
  }

  /** The name of a pending call. */
  pendingName(id: string | undefined): string | undefined {
    return id === undefined ? undefined : this.#pending.get(id)?.name
  }

  /** Takes the calls of one toolCall, which leaves at `sentAtMs`. */
  open(calls: readonly OpenedCall[], thenSay: string, sentAtMs: number): void {
    const opened = (): Round => ({ waitingFor: new Set(), thenSay, openedAtMs: sentAtMs })
    for (const { id, name, blocking } of calls) {
      if (blocking) this.#window ??= opened()
      const round = blocking && this.#window !== undefined ? this.#window : opened()
      round.waitingFor.add(id)
      this.#pending.set(id, { name, round })
    }
  }

  /** What is known of an id, without changing it. */
  look(id: string | undefined): Settlement['idWas'] {
    if (id === undefined) return 'unknown'
    return this.#pending.has(id) ? 'pending' : (this.#settled.get(id) ?? 'unknown')
  }

  /** Ends a pending call; any other id changes nothing. */
  settle(id: string, status: 'answered' | 'cancelled'): Settlement {
    const call = this.#pending.get(id)
    if (call === undefined) return { idWas: this.look(id) }
    this.#pending.delete(id)
    this.#remember(id, status)
    const { round } = call
    if (!round.waitingFor.delete(id) || round.waitingFor.size > 0) return { idWas: 'pending' }
    const blocked = round === this.#window
    if (blocked) this.#window = undefined
    return { idWas: 'pending', thenSay: round.thenSay, blocked }
  }

  #remember(id: string, status: 'answered' | 'cancelled'): void {
    this.#settled.delete(id)
    this.#settled.set(id, status)
    for (const oldest of this.#settled.keys()) {
      if (this.#settled.size <= settledCalls) return
      this.#settled.delete(oldest)
    }
  }
}
