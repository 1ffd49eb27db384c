import type { BacklogSize } from './backlog.ts'
import type { Clock } from './clock.ts'
import { type GateEvent, InputGate, type Verdict } from './input-gate.ts'
import { holdInput } from './input-policy.ts'
import type { InputKind, RealtimeInput } from './realtime-input.ts'

/** The audio that is kept between two turns, and how many inputs were dropped. */
export interface PreRollSnapshot extends BacklogSize {
  readonly dropped: number
}

const reason = 'outside-bracket'

/**
 * Stands before the gate in manual activity mode, where the server ignores audio outside brackets. Audio between two turns is not offered
 * to the gate. The last of it is kept, and offered first inside the next bracket, so that the first syllable is not lost when the user
 * speaks before the button is down. It also keeps the wire quiet between an `activityEnd` and the call that may follow, which a frame on
 * its way would meet.
 */
export interface PreRoll {
  /** Whether audio that is offered now is kept. */
  readonly isKeeping: boolean
  /** Keeps the input, or offers it to the gate, see {@link InputGate.offer}. */
  offer(input: RealtimeInput, kind: InputKind): Verdict
  /**
   * Offers to the gate what is kept, and then whatever comes until the turn ends. A closed gate counts it as dropped. An input that cannot
   * be sent is counted and reported by the gate as `failed`, and stops nothing.
   */
  release(): void
  snapshot(): PreRollSnapshot
}

/** The name of the hold that keeps audio while the application is outside a turn: its last signal was not a start. */
const outsideTurn = 'pre-roll'

/** @param durationMs how much audio is kept, and for how long when no more comes. */
export function newPreRoll(
  gate: InputGate,
  clock: Clock,
  durationMs: number,
  onEvent: (event: GateEvent) => void,
): PreRoll {
  let dropped = 0
  /** When the last audio came. */
  let lastMs = 0
  let isKeeping = false
  /** How many turns the application has ended. */
  let ends = 0
  /** The gate's verdict on the audio that was offered to it last. */
  let passed: Verdict | undefined
  /** All audio goes through a gate of its own, which is shut between two turns. */
  const newKept = (): InputGate => {
    return new InputGate({
      send: (input, kind) => {
        passed = gate.offer(input, kind)
      },
      policy: holdInput({ maxDurationMs: durationMs }),
      onEvent: (event) => {
        if (event.type === 'gate-shut') isKeeping = true
        if (event.type === 'gate-opened') isKeeping = false
        if (event.type !== 'input-dropped' || event.reason === 'failed') return
        dropped++
        onEvent({ ...event, reason })
      },
    })
  }
  let kept = newKept()
  kept.hold(outsideTurn)
  const release = (): void => kept.hold(outsideTurn).release()
  return {
    get isKeeping() {
      return isKeeping
    },
    offer(input, kind) {
      const nowMs = clock.now()
      if (kind === 'audio') {
        lastMs = nowMs
        const verdict = kept.offer(input, kind)
        if (verdict.status === 'sent') return passed ?? verdict
        return verdict.status === 'dropped' ? { ...verdict, reason } : verdict
      }
      if (kind === 'activityEnd') {
        ends++
        kept.hold(outsideTurn)
      }
      const endsBefore = ends
      const verdict = gate.offer(input, kind)
      // Unless a listener ended the turn meanwhile.
      if (kind === 'activityStart' && ends === endsBefore) {
        if (nowMs - lastMs > durationMs) {
          // The microphone has been off: the audio that is kept belongs to the end of the previous turn.
          const stale = kept
          kept = newKept()
          isKeeping = false
          stale.close()
        } else release()
      }
      return verdict
    },
    release,
    snapshot: () => ({ ...kept.snapshot().backlog, dropped }),
  }
}
