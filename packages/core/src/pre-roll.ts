import type { BacklogSize } from './backlog.ts'
import type { Clock } from './clock.ts'
import { type GateEvent, type Hold, InputGate, type Verdict } from './input-gate.ts'
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
  /** Keeps the input, or offers it to the gate, see {@link InputGate.offer}. */
  offer(input: RealtimeInput, kind: InputKind): Verdict
  /**
   * Offers to the gate what is kept, and then whatever comes until the turn ends. A closed gate counts it as dropped. An input that cannot
   * be sent is counted and reported by the gate as `failed`, and stops nothing.
   */
  release(): void
  snapshot(): PreRollSnapshot
}

/** @param durationMs how much audio is kept, and for how long when no more comes. */
export function newPreRoll(
  gate: InputGate,
  clock: Clock,
  durationMs: number,
  onEvent: (event: GateEvent) => void,
): PreRoll {
  let dropped = 0
  /** When the last audio between two turns came. */
  let lastMs = 0
  /** How many turns the application has ended. */
  let ends = 0
  /** The gate's verdict on the kept input that left last. */
  let passed: Verdict | undefined
  /** What is kept waits at a gate of its own, which is shut between two turns. */
  const newKept = (): InputGate =>
    new InputGate({
      send: (input, kind) => {
        passed = gate.offer(input, kind)
      },
      policy: holdInput({ maxDurationMs: durationMs }),
      onEvent: (event) => {
        if (event.type !== 'input-dropped' || event.reason === 'failed') return
        dropped++
        onEvent({ ...event, reason })
      },
    })
  let kept = newKept()
  /** Set while the application is outside a turn: its last signal was not a start. */
  let hold: Hold | undefined = kept.hold('pre-roll')
  const release = (): void => {
    const endsBefore = ends
    hold?.release()
    // Unless a listener ended the turn meanwhile, or kept audio is still leaving.
    if (ends === endsBefore && !kept.snapshot().backlog.inputs) hold = undefined
  }
  return {
    offer(input, kind) {
      const nowMs = clock.now()
      if (kind === 'audio' && hold) {
        lastMs = nowMs
        const verdict = kept.offer(input, kind)
        // A listener offers more while kept audio leaves: return the gate's verdict.
        if (verdict.status === 'sent') return passed ?? verdict
        return verdict.status === 'dropped' ? { ...verdict, reason } : verdict
      }
      if (kind === 'activityEnd') {
        ends++
        hold = kept.hold('pre-roll')
      }
      const endsBefore = ends
      const verdict = gate.offer(input, kind)
      // Unless a listener ended the turn meanwhile.
      if (kind === 'activityStart' && ends === endsBefore) {
        const stale = hold && nowMs - lastMs > durationMs && kept
        if (stale) {
          // The microphone has been off: the audio that is kept belongs to the end of the previous turn.
          kept = newKept()
          hold = undefined
          stale.close()
        } else release()
      }
      return verdict
    },
    release,
    snapshot: () => ({ ...kept.snapshot().backlog, dropped }),
  }
}
