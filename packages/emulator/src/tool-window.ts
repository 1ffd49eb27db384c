import type { Clock } from './clock.ts'
import type { KnownClose } from './known-closes.ts'
import type { InputDuringCall } from './profile.ts'
import type { Random } from './random.ts'
import type { SessionLog } from './session-log.ts'

/** What a tool window asks of its conversation. */
export interface ToolWindowPort {
  /** When the toolCall that opened the window left or will leave; `Infinity` for never, undefined without a window. */
  openedAtMs(): number | undefined
  closeLike(close: KnownClose): void
  /** Cancels the pending blocking calls. */
  cancelCalls(): void
}

/** Applies `inputDuringCall` to realtime input while a blocking call is pending. */
export class ToolWindow {
  readonly #rule: InputDuringCall
  readonly #graceMs: number
  readonly #clock: Clock
  readonly #random: Random
  readonly #log: SessionLog
  readonly #port: ToolWindowPort
  /** Whether input ends the session in this window; undefined until it is drawn at random. */
  #drawn: boolean | undefined
  #cancelTimer: (() => void) | undefined

  constructor(
    options: {
      readonly inputDuringCall: InputDuringCall
      readonly graceMs: number
      readonly clock: Clock
      readonly random: Random
    },
    log: SessionLog,
    port: ToolWindowPort,
  ) {
    this.#rule = options.inputDuringCall
    this.#graceMs = options.graceMs
    this.#clock = options.clock
    this.#random = options.random
    this.#log = log
    this.#port = port
  }

  /** Handles input, which is tolerated while it may have been in flight. Returns false if it ended the session. */
  admit(kinds: readonly string[]): boolean {
    const openedAtMs = this.#port.openedAtMs()
    if (openedAtMs === undefined || kinds.length === 0) return true
    const elapsedMs = this.#clock.now() - openedAtMs
    if (elapsedMs < this.#graceMs) {
      this.#log.inputDuringWindow('grace', kinds.length)
      return true
    }
    if (this.#rule.action === 'close' && this.#closes(this.#rule.probability)) {
      this.#log.inputDuringWindow('violations', kinds.length)
      const when = `${Math.round(elapsedMs)} ms after the toolCall`
      this.#log.violation(`${kinds.join(' and ')} while a blocking call is pending, ${when}`)
      this.#port.closeLike('unimplemented')
      return false
    }
    this.#log.inputDuringWindow('accepted', kinds.length)
    if (this.#rule.action === 'cancel' && this.#rule.on === 'input') this.#cancelAfter(this.#rule.afterMs)
    return true
  }

  /** Reports the beginning of a user's turn that may interrupt the model. */
  turnBegan(): void {
    const openedAtMs = this.#port.openedAtMs()
    if (this.#rule.action !== 'cancel' || openedAtMs === undefined) return
    if (this.#clock.now() - openedAtMs >= this.#graceMs) this.#cancelAfter(this.#rule.afterMs)
  }

  /** Reports the end of the window or of the session. */
  end(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    this.#drawn = undefined
  }

  #closes(probability: number): boolean {
    this.#drawn ??= this.#random() < probability
    return this.#drawn
  }

  #cancelAfter(delayMs: number): void {
    if (delayMs === 0) this.#port.cancelCalls()
    else this.#cancelTimer ??= this.#clock.setTimer(delayMs, () => this.#port.cancelCalls())
  }
}
