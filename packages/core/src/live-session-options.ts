import type { Clock } from './clock.ts'
import type { InputPolicy } from './input-policy.ts'
import type { Profile } from './profile.ts'
import type { Setup } from './setup.ts'
import type { Tools } from './tool.ts'

/** How long things may take, in milliseconds; `Infinity` for ever. */
export interface Deadlines {
  /** Calls with a handler; at the deadline they are answered with an error (G3). Default 30 000. */
  readonly handlerMs?: number
  /** Calls answered by hand; the same. Default 300 000. */
  readonly byHandMs?: number
  /** From `connect` to the server's `setupComplete`; at the deadline the session is closed. Default 30 000. */
  readonly setupMs?: number
  /** A transport with more to send than `maxBufferedBytes`; at the deadline the gate opens all the same. Default 30 000. */
  readonly backpressureMs?: number
}

export interface LiveSessionOptions {
  readonly clock: Clock
  /** The body of the wire's `setup`: which functions it declares, and whether activity is signalled by hand, is read from it. */
  readonly setup: Setup
  /** What the gate does with input while a call is pending. Default: `holdInput()`. */
  readonly policy?: InputPolicy
  readonly tools?: Tools
  /** What is known of the server. Default: `profileFor(setup.model)`. */
  readonly profile?: Profile
  readonly deadlines?: Deadlines
  /** Whether responses to the calls of one message that block leave `together`, the default, or each `alone` when it is ready. */
  readonly responses?: 'together' | 'alone'
  /** Milliseconds of audio that are kept between two turns, with automatic activity detection disabled. Default 300. */
  readonly preRollMs?: number
  /**
   * Bytes that may wait in the transport before input waits at the gate. Default 65 536: 1.5 s of audio. It is looked at after
   * every input but audio, and after the first of each 64 frames of that.
   */
  readonly maxBufferedBytes?: number
}
