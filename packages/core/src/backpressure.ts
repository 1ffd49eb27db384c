import type { Clock } from './clock.ts'
import type { Hold, InputGate } from './input-gate.ts'

/** How often the transport is asked whether it has sent what it had; no socket tells by itself. */
const pollMs = 50

/**
 * Shuts the gate while the transport has more to send than it should, so that audio waits where the policy bounds it and not in
 * a buffer that nothing bounds. Messages that are no input go on.
 */
export interface Backpressure {
  /** Inputs were sent: looks at the transport. */
  look(): void
  /** The transport is another one, or none: takes the hold off the gate. */
  stop(): void
}

/**
 * @param isFull whether more waits in the transport than should.
 * @param limitMs how long the gate may be shut for it.
 * @param onExpired is told when that was not enough.
 */
export function newBackpressure(
  gate: InputGate,
  clock: Clock,
  isFull: () => boolean,
  limitMs: number,
  onExpired: () => void,
): Backpressure {
  let hold: Hold | undefined
  let callOff: (() => void) | undefined
  /** The time was over, and the transport still has too much: the gate is left open until it has not. */
  let isGivenUp = false

  const end = (): void => {
    callOff?.()
    callOff = undefined
    const held = hold
    // First: what is released may shut the gate again.
    hold = undefined
    held?.release()
  }
  const poll = (sinceMs: number): void => {
    callOff = clock.setTimer(pollMs, () => {
      const isStillFull = isFull()
      if (isStillFull && clock.now() - sinceMs < limitMs) return poll(sinceMs)
      isGivenUp = isStillFull
      if (isGivenUp) onExpired()
      end()
    })
  }
  return {
    look() {
      if (!isFull()) isGivenUp = false
      else if (!callOff && !isGivenUp) {
        poll(clock.now())
        const taken = gate.hold('backpressure')
        // Whoever was told of it may have stopped it.
        if (callOff) hold = taken
        else taken.release()
      }
    },
    stop() {
      isGivenUp = false
      end()
    },
  }
}
