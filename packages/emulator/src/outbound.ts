import type { Clock } from './clock.ts'
import type { Random } from './random.ts'

/** Sends frames to the client: at once, delayed, or not at all. It keeps their order. */
export class Outbound {
  readonly #clock: Clock
  readonly #random: Random
  readonly #send: (frame: string) => void
  readonly #waiting: { readonly dueMs: number; readonly frame: string }[] = []
  #delay = { ms: 0, jitterMs: 0 }
  #silent = false
  /** When the latest frame leaves, which is not before the frames ahead of it. */
  #leavesAtMs = 0
  #cancelTimer: () => void = () => {}

  constructor(clock: Clock, random: Random, send: (frame: string) => void) {
    this.#clock = clock
    this.#random = random
    this.#send = send
  }

  /** Sends a frame, delayed if a delay is set. Returns false if the frame is discarded. */
  send(frame: string): boolean {
    if (this.#silent) return false
    const { ms, jitterMs } = this.#delay
    const dueMs = this.#clock.now() + ms + (jitterMs === 0 ? 0 : this.#random() * jitterMs)
    const isFirst = this.#waiting.length === 0
    this.#leavesAtMs = isFirst ? dueMs : Math.max(this.#leavesAtMs, dueMs)
    if (isFirst && ms + jitterMs === 0) {
      this.#send(frame)
      return true
    }
    this.#waiting.push({ dueMs, frame })
    if (isFirst) this.#wait()
    return true
  }

  /** Milliseconds until the latest frame leaves; `Infinity` if it was discarded. */
  get leavesInMs(): number {
    if (this.#silent) return Number.POSITIVE_INFINITY
    return Math.max(0, this.#leavesAtMs - this.#clock.now())
  }

  delay(ms: number, jitterMs: number): void {
    this.#delay = { ms, jitterMs }
  }

  silence(): void {
    this.#silent = true
  }

  /** Sends all delayed frames now, because the connection ends. */
  flush(): void {
    for (const { frame } of this.#waiting.splice(0)) this.#send(frame)
  }

  /** Stops sending, and discards what waits. */
  stop(): void {
    this.#cancelTimer()
    this.#waiting.length = 0
  }

  #wait(): void {
    const next = this.#waiting[0]
    if (next === undefined) return
    this.#cancelTimer = this.#clock.setTimer(Math.max(0, next.dueMs - this.#clock.now()), () => {
      const first = this.#waiting.shift()
      if (first !== undefined) this.#send(first.frame)
      this.#wait()
    })
  }
}
