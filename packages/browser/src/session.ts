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

/** A gated session with the methods of the SDK's. */
export class Session extends LiveSession {
  readonly #messages: Listeners<[LiveServerMessage]>

  constructor(options: LiveSessionOptions, messages: Listeners<[LiveServerMessage]>) {
    super(options)
    this.#messages = messages
  }

  /** Calls the listener with each message from the server, in order, after the gate has seen it. Returns a function that ends that. */
  onMessage(listener: (message: LiveServerMessage) => void): () => void {
    return this.#messages.add(listener)
  }

  /**
   * Offers an input to the gate; media may be base64, bytes or samples. The verdict says whether the input was sent, held or dropped, and
   * why. After `close` every input is dropped.
   *
   * @throws {LivegateError} `invalid-input`, naming the field and its value; nothing is sent then.
   */
  override sendRealtimeInput(input: LiveInput): Verdict {
    return super.sendRealtimeInput(toRealtimeInput(input))
  }

  /**
   * Adds content to the conversation; never gated. With `turnComplete`, the default, it interrupts the model, even while a call is
   * pending.
   *
   * @throws {LivegateError} `closed`, if the session is over; `invalid-options`, if the content is no object.
   */
  sendClientContent(content?: ClientContent): void {
    this.send('clientContent', toClientContent(content))
  }

  /**
   * Changes the context of the conversation; never gated.
   *
   * @throws {LivegateError} `closed`, if the session is over; `invalid-options`, if the tools are no list.
   */
  sendContextUpdate(update: LiveContextUpdate): void {
    this.send('contextUpdate', toContextUpdate(update))
  }
}
