import type { Clock } from './clock.ts'
import type { InputPolicy } from './input-policy.ts'
import type { Profile } from './profile.ts'
import type { Setup } from './setup.ts'
import type { Tools } from './tool.ts'

/** How long things may take, in milliseconds; `Infinity` for ever. */
export interface Deadlines {
  /** For calls with a handler; at the deadline they are answered with an error (G3). Default 30 000. */
  readonly handlerMs?: number
  /** The same for calls answered by hand. Default 300 000. */
  readonly byHandMs?: number
  /** From `connect` to the server's `setupComplete`; at the deadline the session is closed. Default 30 000. */
  readonly setupMs?: number
  /** While more than `maxBufferedBytes` wait in the transport; at the deadline the gate opens anyway. Default 30 000. */
  readonly backpressureMs?: number
}

export interface LiveSessionOptions {
  readonly clock: Clock
  /** The body of the wire's `setup`. It also says which functions are declared, and whether activity is signalled by hand. */
  readonly setup: Setup
  /** What the gate does with input while a call is pending. Default: `holdInput()`. */
  readonly policy?: InputPolicy
  readonly tools?: Tools
  /** Which calls block. Default: `profileFor(setup.model)`. */
  readonly profile?: Profile
  readonly deadlines?: Deadlines
  /** Whether the responses to the blocking calls of one message leave `together`, the default, or each `alone` when it is ready. */
  readonly responses?: 'together' | 'alone'
  /**
   * When automatic activity detection is disabled: how many milliseconds of the audio before a turn are sent with it; none, if the last
   * of it came longer ago than that. Default 300.
   */
  readonly preRollMs?: number
  /**
   * How many bytes may wait in the transport before input waits at the gate. Default 131 072, almost 3 s of audio. Checked after the first
   * of every 16 frames of audio, and after every other input.
   */
  readonly maxBufferedBytes?: number
}
