/** A call as sent. */
export interface OpenedCall {
  readonly id: string
  readonly name: string
  readonly blocking: boolean
}

/** The effect of an answer or a cancellation. */
export interface Settlement {
  readonly idWas: 'pending' | 'answered' | 'cancelled' | 'unknown'
  /** What the model says next. Set if its round has no other pending call. */
  readonly thenSay?: string
  /** Set with `thenSay`: whether the model was waiting, and could not speak before. */
  readonly blocked?: boolean
}

/** Calls that the model speaks about together, once all are settled. */
interface Round {
  readonly waitingFor: Set<string>
  readonly thenSay: string
  openedAtMs: number
}

interface PendingCall {
  readonly name: string
  readonly round: Round
}

// How many settled calls are remembered.
const mostSettledCalls = 1000

/**
 * Tracks the calls that were sent: all pending ones, and the latest thousand settled ones. While a blocking call is pending there
 * is a window. Further blocking calls join it, and the model goes on once, when all of them are settled. A call that does not
 * block is a round of its own, even if its toolCall has other calls. It opens no window, and neither waits nor is waited for.
 */
export class CallLedger {
  readonly #pending = new Map<string, PendingCall>()
  readonly #settled = new Map<string, 'answered' | 'cancelled'>()
  #window: Round | undefined

  /** When the toolCall that opened the window left or will leave; `Infinity` for never or not yet, undefined without a window. */
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

  /** Whether the window waits for this call. */
  blocks(id: string | undefined): boolean {
    return id !== undefined && this.#window?.waitingFor.has(id) === true
  }

  /**
   * Returns the id of the call that a response answers: its own, or without one, if `byName`, that of the oldest pending call of
   * its name. In proto3 an empty id is absent, unless a script gave a call that id.
   */
  idOf(
    { id, name }: { readonly id: string | undefined; readonly name: string | undefined },
    byName: boolean,
  ): string | undefined {
    const isGiven = id !== undefined && (id !== '' || this.look(id) !== 'unknown')
    return isGiven || !byName ? id : [...this.#pending].find(([, call]) => call.name === name)?.[0]
  }

  /** Returns the name of a pending call. */
  pendingName(id: string | undefined): string | undefined {
    return id === undefined ? undefined : this.#pending.get(id)?.name
  }

  /** Adds the calls of one toolCall that is about to be sent. */
  open(calls: readonly OpenedCall[], thenSay: string): void {
    const opened = (): Round => ({ waitingFor: new Set(), thenSay, openedAtMs: Number.POSITIVE_INFINITY })
    for (const { id, name, blocking } of calls) {
      // An id given by hand may be that of a pending call. One answer settles both, so the window must not wait for another.
      if (!blocking && this.#window?.waitingFor.has(id)) continue
      if (blocking) this.#window ??= opened()
      const round = blocking && this.#window !== undefined ? this.#window : opened()
      round.waitingFor.add(id)
      this.#pending.set(id, { name, round })
    }
  }

  /** Reports when the toolCall of the calls added last leaves. A window that calls have joined was opened by the first. */
  sent(leavesAtMs: number): void {
    if (this.#window !== undefined) this.#window.openedAtMs = Math.min(this.#window.openedAtMs, leavesAtMs)
  }

  /** Returns the status of an id, without changing it. */
  look(id: string | undefined): Settlement['idWas'] {
    if (id === undefined) return 'unknown'
    return this.#pending.has(id) ? 'pending' : (this.#settled.get(id) ?? 'unknown')
  }

  /** Settles a pending call. Any other id changes nothing. */
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
      if (this.#settled.size <= mostSettledCalls) return
      this.#settled.delete(oldest)
    }
  }
}
