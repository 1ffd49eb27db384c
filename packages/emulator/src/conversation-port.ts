import type { Clock } from './clock.ts'
import type { Fault } from './fault.ts'
import type { Ids } from './ids.ts'
import type { CallOptions } from './options.ts'
import type { InputDuringCall, Profile } from './profile.ts'
import type { Random } from './random.ts'
import type { Script } from './script.ts'
import type { ServerMessage } from './server-frames.ts'

/** Where a conversation puts what it does. */
export interface ConversationPort {
  /** Sends messages that belong to the same moment. */
  send(...messages: readonly ServerMessage[]): void
  /** Milliseconds of audio in a message. */
  audioMessageMs(): number
  /** In how many milliseconds what was sent last leaves the server; `Infinity` if it never does. */
  leavesInMs(): number
  /** Ends the session with a close frame; the conversation is stopped by this. */
  close(code: number, reason: string): void
  inject(fault: Fault): void
  /** The model may have begun or ended something: see `busy`. */
  changed(): void
}

export interface ConversationOptions {
  readonly profile: Profile
  readonly inputDuringCall: InputDuringCall
  readonly calls: Required<CallOptions>
  readonly clock: Clock
  readonly random: Random
  readonly graceMs: number
  readonly script: Script
  readonly ids: Ids
}
