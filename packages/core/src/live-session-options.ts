import type { Clock } from './clock.ts'
import type { InputPolicy } from './input-policy.ts'
import type { Profile } from './profile.ts'
import type { Setup } from './setup.ts'
import type { Tools } from './tool.ts'

/** How long things may take, in milliseconds; `Infinity` for ever. */
export interface Deadlines {
  /** For calls with a handler; at the deadline they are answered with an error (G3). Default 30 000. */
  readonly handlerMs?: number
  /** For calls answered by hand; likewise. Default 300 000. */
  readonly byHandMs?: number
  /** From `connect` to the server's `setupComplete`; at the deadline the session is closed. Default 30 000. */
  readonly setupMs?: number
  /** For a transport that has more than `maxBufferedBytes` to send; at the deadline the gate opens anyway. Default 30 000. */
  readonly backpressureMs?: number
}

export interface LiveSessionOptions {
  readonly clock: Clock
  /** The body of the wire's `setup`. The declared functions, and whether activity is signalled by hand, are read from it. */
  readonly setup: Setup
  /** What the gate does with input while a call is pending. Default: `holdInput()`. */
  readonly policy?: InputPolicy
  readonly tools?: Tools
  /** What is known about the server. Default: `profileFor(setup.model)`. */
  readonly profile?: Profile
  readonly deadlines?: Deadlines
  /** Whether the responses to the blocking calls of one message leave `together`, the default, or each `alone` when it is ready. */
  readonly responses?: 'together' | 'alone'
  /**
   * Milliseconds of audio kept between two turns when automatic activity detection is disabled, unless none has come for as long when
   * the turn begins. Default 300.
   */
  readonly preRollMs?: number
  /**
   * Bytes that may wait in the transport before input waits at the gate. Default 131 072: almost 3 s of audio. It is checked after every input
   * except audio, and after the first of every 16 frames of audio.
   */
  readonly maxBufferedBytes?: number
}
