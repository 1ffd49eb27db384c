import type { RealtimeInput, Verdict } from '@livegate/core'
import type { LiveServerMessage } from '@livegate/core/wire'
import type { TalkMode } from '../api/live-config.ts'
import type { Underway } from '../trace/underway.ts'
import type { Way } from '../trace/way.ts'
import type { Journal } from './journal.ts'

/** The options of a client. */
export interface ClientOptions {
  readonly way: Way
  readonly mode: TalkMode
  readonly url: string
  /** An ephemeral token, for Google. */
  readonly accessToken: string | undefined
  readonly model: string
  readonly journal: Journal
  /** What would be lost if the connection ended now. */
  readonly underway: Underway
  /** The tool: takes the time that was chosen, and stops when the signal is aborted. */
  readonly getWeather: (signal?: AbortSignal) => Promise<Record<string, unknown>>
}

/** A session as the page sees it. */
export interface Client {
  offer(input: RealtimeInput): Verdict
  onMessage(listener: (message: LiveServerMessage) => void): () => void
  close(): void
}
