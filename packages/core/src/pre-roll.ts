import { type BacklogSize, sizeOf, type Waiting, weigh } from './backlog.ts'
import type { GateEvent, InputGate, Verdict } from './input-gate.ts'
import { quietly } from './quietly.ts'
import { type InputKind, inputKind, type RealtimeInput } from './realtime-input.ts'

export interface PreRollOptions {
  readonly gate: InputGate
  /** Milliseconds of audio that are kept. Default 300. */
  readonly durationMs?: number
  /** Is told what is given up. What it throws is its own affair and stops nothing. */
  readonly onEvent?: (event: GateEvent) => void
}

/** What came between two turns: what is kept of it, and how many inputs were given up. */
export interface PreRollSnapshot extends BacklogSize {
  readonly dropped: number
}

/**
 * Stands before a gate in manual activity mode, where a server hears audio inside brackets only. Audio between two turns is not
 * offered to the gate; the last of it is kept, and is offered first inside the next bracket, so that the first syllable is
 * heard of whoever speaks before the button is down. It also keeps the wire quiet between an `activityEnd` and the call that may
 * follow, when a frame on its way would meet a pending call.
 */
export class PreRoll {
  readonly #gate: InputGate
  readonly #durationMs: number
  readonly #tell: (event: GateEvent) => void
  #kept: Waiting[] = []
  #dropped = 0
  /** Whether the application is in a turn: the last signal that it gave was a start. */
  #inTurn = false

  constructor({ gate, durationMs = 300, onEvent }: PreRollOptions) {
    this.#gate = gate
    this.#durationMs = durationMs
    this.#tell = quietly(onEvent)
  }

  /** Keeps the input, or offers it to the gate: see {@link InputGate.offer}. */
  offer(input: RealtimeInput, kind: InputKind = inputKind(input)): Verdict {
    if (kind === 'audio' && !this.#inTurn) return this.#keep(input)
    if (kind === 'activityEnd') this.#inTurn = false
    const verdict = this.#gate.offer(input, kind)
    if (kind === 'activityStart') {
      this.#inTurn = true
      this.release()
    }
    return verdict
  }

  /** Offers the gate what is kept; one whose connection is gone counts it as dropped. */
  release(): void {
    for (const { input, kind } of this.#kept.splice(0)) {
      try {
        this.#gate.offer(input, kind)
      } catch {
        // Counted and told by the gate as `failed`; the signal behind which it leaves was sent.
      }
    }
  }

  snapshot(): PreRollSnapshot {
    return { ...sizeOf(this.#kept), dropped: this.#dropped }
  }

  #keep(input: RealtimeInput): Verdict {
    const reason = 'outside-bracket'
    let verdict: Verdict = { status: 'held', reason: 'pre-roll' }
    this.#kept.push(weigh('audio', input))
    while (sizeOf(this.#kept).durationMs > this.#durationMs) {
      const [oldest] = this.#kept.splice(0, 1)
      if (oldest?.input === input) verdict = { status: 'dropped', reason }
      this.#dropped++
      this.#tell({
        type: 'input-dropped',
        kind: 'audio',
        reason,
        durationMs: oldest?.durationMs ?? 0,
        error: undefined,
      })
    }
    return verdict
  }
}
