import type { BacklogSize } from './backlog.ts'
import type { Clock } from './clock.ts'
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
export interface PreRoll {
  /** Keeps the input, or offers it to the gate: see {@link InputGate.offer}. */
  offer(input: RealtimeInput, kind: InputKind): Verdict
  /**
   * Offers the gate what is kept, and whatever comes until the turn ends; a gate that is closed counts it as dropped. What cannot
   * be sent stops nothing: the gate counts and tells it as `failed`.
   */
  release(): void
  snapshot(): PreRollSnapshot
}

/** @param durationMs how much audio is kept, and for how long where no more comes. */
export function newPreRoll(
  gate: InputGate,
  clock: Clock,
  durationMs: number,
  onEvent: (event: GateEvent) => void,
): PreRoll {
  let dropped = 0
  /** When audio came last between two turns. */
  let lastMs = 0
  /** How many turns the application has ended. */
  let ends = 0
  /** What the gate said of what left last. */
  let passed: Verdict | undefined
  /** A gate of its own, that is shut between two turns. */
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
  /** While the application is in no turn: the last signal that it gave was not a start. */
  let hold: Hold | undefined = kept.hold('pre-roll')
  const release = (): void => {
    const endsBefore = ends
    hold?.release()
    // Unless the turn has ended as it left, or it is still leaving.
    if (ends === endsBefore && !kept.snapshot().backlog.inputs) hold = undefined
  }
  return {
    offer(input, kind) {
      const nowMs = clock.now()
      if (kind === 'audio' && hold) {
        lastMs = nowMs
        const verdict = kept.offer(input, kind)
        // While what is kept leaves, and a listener offers more: what the gate says of it.
        if (verdict.status === 'sent') return passed ?? verdict
        return verdict.status === 'dropped' ? { ...verdict, reason } : verdict
      }
      if (kind === 'activityEnd') {
        ends++
        hold = kept.hold('pre-roll')
      }
      const endsBefore = ends
      const verdict = gate.offer(input, kind)
      // Unless a listener has ended the turn meanwhile.
      if (kind === 'activityStart' && ends === endsBefore) {
        const stale = hold && nowMs - lastMs > durationMs && kept
        if (stale) {
          // The microphone was off meanwhile: what is kept is what followed the turn before.
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
