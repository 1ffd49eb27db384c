import type { Verdict } from '@livegate/core'
import { LiveSession, type LiveSessionOptions } from '@livegate/core/session'
import {
  type ClientContent,
  type LiveContextUpdate,
  type LiveInput,
  type LiveServerMessage,
  toClientContent,
  toContextUpdate,
  toRealtimeInput,
} from '@livegate/core/wire'
import type { Listeners } from './listeners.ts'

/** A gated session with the methods that the SDK's has. */
export class Session extends LiveSession {
  readonly #messages: Listeners<[LiveServerMessage]>

  constructor(options: LiveSessionOptions, messages: Listeners<[LiveServerMessage]>) {
    super(options)
    this.#messages = messages
  }

  /** Tells each message of the server, in order, after the gate has seen it, until the function that is returned is called. */
  onMessage(listener: (message: LiveServerMessage) => void): () => void {
    return this.#messages.add(listener)
  }

  /**
   * Offers an input: media in base64, as bytes, or as samples. The verdict says whether it was sent, is held, or was dropped and
   * why; after `close` it is dropped.
   *
   * @throws {LivegateError} `invalid-input`, naming the field and what it holds; nothing is sent then.
   */
  override sendRealtimeInput(input: LiveInput): Verdict {
    return super.sendRealtimeInput(toRealtimeInput(input))
  }

  /**
   * Adds to the conversation; never gated. With `turnComplete`, the default, it interrupts the model, also while a call is pending.
   *
   * @throws {LivegateError} `closed`, when the session is over.
   */
  sendClientContent(content?: ClientContent): void {
    this.send('clientContent', toClientContent(content))
  }

  /**
   * Changes the context of the conversation; never gated.
   *
   * @throws {LivegateError} `closed`, when the session is over.
   */
  sendContextUpdate(update: LiveContextUpdate): void {
    this.send('contextUpdate', toContextUpdate(update))
  }
}
