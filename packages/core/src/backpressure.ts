import type { Clock } from './clock.ts'
import type { InputGate } from './input-gate.ts'
import type { LiveSessionEvent } from './live-session-event.ts'

const backpressureHold = 'backpressure'

/** How often a full transport is asked whether it has drained; sockets do not report it. */
const pollMs = 50

/**
 * Shuts the gate while too much waits in the transport, so that audio waits in the backlog, which the policy bounds, and not in a buffer
 * that nothing bounds. Other messages are still sent.
 */
export interface Backpressure {
  /** Call it after input was sent: looks at the transport. */
  look(): void
  /** Call it when the transport is replaced or gone: releases the hold. */
  stop(): void
}

/**
 * @param isFull whether too much waits in the transport.
 * @param limitMs how long the gate may be shut for it.
 * @param emit is told when the transport is still full then.
 */
export function newBackpressure(
  gate: InputGate,
  clock: Clock,
  isFull: () => boolean,
  limitMs: number,
  emit: (event: LiveSessionEvent) => void,
): Backpressure {
  /** Set exactly while the hold is taken. */
  let cancelPoll: (() => void) | undefined
  /** The limit has passed, and the transport is still full: the gate stays open until it has drained. */
  let isGivenUp = false

  const end = (): void => {
    if (!cancelPoll) return
    cancelPoll()
    // Before the release: what leaves then may fill the transport, and shut the gate, again.
    cancelPoll = undefined
    gate.hold(backpressureHold).release()
  }
  const poll = (sinceMs: number): void => {
    cancelPoll = clock.setTimer(pollMs, () => {
      const isStillFull = isFull()
      if (isStillFull && clock.now() - sinceMs < limitMs) return poll(sinceMs)
      isGivenUp = isStillFull
      if (isGivenUp) {
        emit({ type: 'hold-expired', hold: { name: backpressureHold, id: undefined }, heldMs: limitMs })
      }
      end()
    })
  }
  return {
    look() {
      if (!isFull()) isGivenUp = false
      else if (!cancelPoll && !isGivenUp) {
        poll(clock.now())
        gate.hold(backpressureHold)
      }
    },
    stop() {
      isGivenUp = false
      end()
    },
  }
}
