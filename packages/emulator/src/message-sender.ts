import type { ConversationOptions } from './conversation-port.ts'
import { Outbound } from './outbound.ts'
import { framesOf, type ServerMessage } from './server-frames.ts'
import type { SessionChannel } from './session-channel.ts'
import type { SessionLog } from './session-log.ts'

// Minutes of speech: a client with so much unread has stopped reading. What the real server does then is unknown.
const mostUnreadBytes = 2 ** 24

/** Sends a session's messages: encodes and logs them, and cuts a client that leaves too much unread. */
export class MessageSender {
  readonly #channel: Pick<SessionChannel, 'send' | 'unreadBytes'>
  readonly #log: SessionLog
  readonly #options: Pick<ConversationOptions, 'profile' | 'calls'>
  readonly #cut: () => void
  readonly #outbound: Outbound
  // A server sends nothing before the setup. Until then the texts of a test wait here.
  #heldTexts: string[] | undefined = []

  /** `cut` ends the session without a close frame. */
  constructor(
    channel: Pick<SessionChannel, 'send' | 'unreadBytes'>,
    log: SessionLog,
    options: Pick<ConversationOptions, 'profile' | 'calls' | 'clock' | 'random'>,
    cut: () => void,
  ) {
    this.#channel = channel
    this.#log = log
    this.#options = options
    this.#cut = cut
    this.#outbound = new Outbound(options.clock, options.random, (frame) => channel.send(frame))
  }

  /** Milliseconds until the latest message leaves; `Infinity` if it was discarded. */
  get leavesInMs(): number {
    return this.#outbound.leavesInMs
  }

  /** Sends messages that belong to the same moment. */
  send(...messages: readonly ServerMessage[]): void {
    if (!this.#mayWrite()) return
    const { profile, calls } = this.#options
    const frames = framesOf(messages, profile, { omitCallIds: calls.ids === 'omitted' })
    const wereSent = frames.map((frame) => this.#outbound.send(frame))
    if (!wereSent.includes(false)) this.#log.sent(...messages)
  }

  /** Sends any text as a frame. Before `begun` it waits. */
  sendText(text: string): void {
    if (this.#heldTexts !== undefined) this.#heldTexts.push(text)
    else this.#write(text)
  }

  /** Reports that setupComplete was sent. */
  begun(): void {
    for (const held of this.#heldTexts ?? []) this.#write(held)
    this.#heldTexts = undefined
  }

  delay(ms: number, jitterMs: number): void {
    this.#outbound.delay(ms, jitterMs)
  }

  /** Discards all further messages. */
  silence(): void {
    this.#outbound.silence()
  }

  /** Sends all delayed frames now, because the connection ends. */
  flush(): void {
    this.#outbound.flush()
  }

  stop(): void {
    this.#outbound.stop()
  }

  #write(text: string): void {
    if (this.#mayWrite() && this.#outbound.send(text)) this.#log.sent({ type: 'raw', text })
  }

  /** Whether frames may be sent. Ends the session if the client has too much unread. */
  #mayWrite(): boolean {
    if (this.#log.closed !== undefined) return false
    const unreadBytes = this.#channel.unreadBytes()
    if (unreadBytes <= mostUnreadBytes) return true
    this.#log.violation(`the client left ${unreadBytes} bytes unread`)
    this.#cut()
    return false
  }
}
