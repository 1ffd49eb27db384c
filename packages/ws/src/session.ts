import type { Verdict } from '@livegate/core'
import { LiveSession } from '@livegate/core/session'
import {
  type ClientContent,
  type LiveContextUpdate,
  type LiveInput,
  toClientContent,
  toContextUpdate,
  toRealtimeInput,
} from '@livegate/core/wire'

/** A gated session with the methods of the SDK's session. */
export class Session extends LiveSession {
  /**
   * Offers an input. Media may be base64, bytes or samples. The verdict says whether the input was sent, is held, or was dropped and
   * why. After `close` every input is dropped.
   *
   * @throws {LivegateError} `invalid-input`, naming the field and its value; nothing is sent.
   */
  override sendRealtimeInput(input: LiveInput): Verdict {
    return super.sendRealtimeInput(toRealtimeInput(input))
  }

  /**
   * Adds to the conversation. Never gated. With `turnComplete`, the default, it interrupts the model even while a call is pending.
   *
   * @throws {LivegateError} `closed`, if the session is over; `invalid-options`, if the content is no object.
   */
  sendClientContent(content?: ClientContent): void {
    this.send('clientContent', toClientContent(content))
  }

  /**
   * Changes the context of the conversation. Never gated.
   *
   * @throws {LivegateError} `closed`, if the session is over; `invalid-options`, if the tools are no list.
   */
  sendContextUpdate(update: LiveContextUpdate): void {
    this.send('contextUpdate', toContextUpdate(update))
  }
}
