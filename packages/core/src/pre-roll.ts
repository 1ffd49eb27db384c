import type { BacklogSize } from './backlog.ts'
import { type GateEvent, type Hold, InputGate, type Verdict } from './input-gate.ts'
import { holdInput } from './input-policy.ts'
import type { InputKind, RealtimeInput } from './realtime-input.ts'

/** What came between two turns: what is kept of it, and how many inputs were dropped. */
export interface PreRollSnapshot extends BacklogSize {
  readonly dropped: number
}

const reason = 'outside-bracket'

/**
 * Stands before a gate in manual activity mode, where a server hears audio inside brackets only. Audio between two turns is not
 * offered to the gate; the last of it is kept, and is offered first inside the next bracket, so that the first syllable is
 * heard of whoever speaks before the button is down. It also keeps the wire quiet between an `activityEnd` and the call that may
 * follow, when a frame on its way would meet a pending call.
 */
export class PreRoll {
  readonly #gate: InputGate
  /** A gate of its own, that is shut between two turns. */
  readonly #kept: InputGate
  /** While the application is in no turn: the last signal that it gave was not a start. */
  #hold: Hold | undefined

  /** @param durationMs how much audio is kept. */
  constructor(gate: InputGate, durationMs: number, onEvent: (event: GateEvent) => void) {
    this.#gate = gate
    this.#kept = new InputGate({
      send: (input, kind) => gate.offer(input, kind),
      policy: holdInput({ maxDurationMs: durationMs }),
      onEvent: (event) => {
        if (event.type === 'input-dropped' && event.reason === 'overflow') onEvent({ ...event, reason })
      },
    })
    this.#endTurn()
  }

  /** Keeps the input, or offers it to the gate: see {@link InputGate.offer}. */
  offer(input: RealtimeInput, kind: InputKind): Verdict {
    if (kind === 'audio' && this.#hold) {
      const verdict = this.#kept.offer(input, kind)
      return verdict.status === 'dropped' ? { ...verdict, reason } : verdict
    }
    if (kind === 'activityEnd') this.#endTurn()
    const verdict = this.#gate.offer(input, kind)
    if (kind === 'activityStart') this.release()
    return verdict
  }

  /**
   * Offers the gate what is kept, and whatever comes until the turn ends; a gate that is closed counts it as dropped. What cannot
   * be sent stops nothing: the gate counts and tells it as `failed`.
   */
  release(): void {
    this.#hold?.release()
    this.#hold = undefined
  }

  snapshot(): PreRollSnapshot {
    const { backlog, counters } = this.#kept.snapshot()
    return { ...backlog, dropped: counters.audio.dropped.overflow ?? 0 }
  }

  #endTurn(): void {
    this.#hold = this.#kept.hold('pre-roll')
  }
}
