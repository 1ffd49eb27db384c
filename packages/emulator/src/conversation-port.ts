import type { Clock } from './clock.ts'
import type { Complete } from './complete.ts'
import type { Fault } from './fault.ts'
import type { Ids } from './ids.ts'
import type { CallOptions } from './options.ts'
import type { InputDuringCall, Profile } from './profile.ts'
import type { Random } from './random.ts'
import type { Script } from './script.ts'
import type { ServerMessage } from './server-frames.ts'

/** What a conversation needs of its session. */
export interface ConversationPort {
  /** Sends messages that belong to the same moment. */
  send(...messages: readonly ServerMessage[]): void
  /** Returns the milliseconds of audio in each message. */
  audioMessageMs(): number
  /** Returns the milliseconds until the latest message leaves the server; `Infinity` if it never does. */
  leavesInMs(): number
  /** Ends the session with a close frame, which stops the conversation. */
  close(code: number, reason: string): void
  inject(fault: Fault): void
  /** Reports that `busy` may have changed. */
  changed(): void
}

export interface ConversationOptions {
  readonly profile: Profile
  readonly inputDuringCall: InputDuringCall
  readonly calls: Complete<CallOptions>
  readonly clock: Clock
  readonly random: Random
  readonly graceMs: number
  readonly script: Script
  readonly ids: Ids
}
