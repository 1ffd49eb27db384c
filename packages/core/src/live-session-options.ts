import type { Clock } from './clock.ts'
import type { Deadlines } from './deadlines.ts'
import type { InputPolicy } from './input-policy.ts'
import type { Profile } from './profile.ts'
import type { Setup } from './setup.ts'
import type { Tools } from './tool.ts'

/** The options of a session. The adapters set `clock` and `setup`. */
export interface LiveSessionOptions {
  /** The time and the timers that all deadlines go by. */
  readonly clock: Clock
  /** The body of the wire's `setup`. It also says which functions are declared, and whether activity is signalled by hand. */
  readonly setup: Setup
  /** What the gate does with input while a call is pending. Default: `holdInput()`. */
  readonly policy?: InputPolicy | undefined
  /** By name, what answers the calls of a function; all other calls are answered by hand. Default: none. */
  readonly tools?: Tools | undefined
  /** Which calls block. Default: `profileFor(setup.model)`. */
  readonly profile?: Profile | undefined
  /** How long calls, the setup and a full transport may take. Default: see {@link Deadlines}. */
  readonly deadlines?: Deadlines | undefined
  /** Whether the responses to the blocking calls of one message leave `together`, the default, or each `alone` when it is ready. */
  readonly responses?: 'together' | 'alone' | undefined
  /**
   * When automatic activity detection is disabled: how many milliseconds of the audio before a turn are sent with it; none, if the last
   * of it came longer ago than that. Default 300.
   */
  readonly preRollMs?: number | undefined
  /**
   * How many bytes may wait in the transport before input waits at the gate. Default 131 072, almost 3 s of audio. Checked once for
   * each second of audio, at least once in 50 frames of it, and after every other input.
   */
  readonly maxBufferedBytes?: number | undefined
}
