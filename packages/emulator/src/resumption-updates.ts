import type { Clock } from './clock.ts'
import type { HandleStore, Lineage, Memory } from './handle-store.ts'
import type { ServerMessage } from './server-frames.ts'

// Source: a report on gemini-3.1-flash-live-preview.
const firstHandleAfterMs = 100

/** What `ResumptionUpdates` needs of its session. */
export interface ResumptionUpdatesPort {
  /** Whether the model is speaking or waits for a tool. Meanwhile there is no handle. */
  busy(): boolean
  memory(): Memory
  nextHandle(): string
  /** Returns the index of the client's latest message, where the setup is 0; undefined without transparent mode. */
  lastConsumed(): number | undefined
  send(message: ServerMessage): void
  /** Whether to say that there is no handle. Recorded sessions that did not ask for handles only say when there is one. */
  readonly tellsBusy: boolean
}

/** Sends a client its resumption handles: one soon after the setup and after each turn, and none in between. */
export class ResumptionUpdates {
  readonly #handles: HandleStore
  readonly #lineage: Lineage
  readonly #clock: Clock
  readonly #port: ResumptionUpdatesPort
  readonly #cancelTimer: () => void
  #begun = false
  #sentResumable = false

  constructor(handles: HandleStore, lineage: Lineage, clock: Clock, port: ResumptionUpdatesPort) {
    this.#handles = handles
    this.#lineage = lineage
    this.#clock = clock
    this.#port = port
    this.#cancelTimer = clock.setTimer(firstHandleAfterMs, () => {
      this.#begun = true
      this.update()
    })
  }

  /** Sends an update if `busy` has changed. */
  update(): void {
    const resumable = !this.#port.busy()
    if (!this.#begun || resumable === this.#sentResumable) return
    this.#sentResumable = resumable
    if (!resumable && !this.#port.tellsBusy) return
    const handle = resumable ? this.#port.nextHandle() : ''
    if (resumable) this.#handles.issue(handle, this.#port.memory(), this.#lineage, this.#clock.now())
    const lastConsumed = this.#port.lastConsumed()
    const message = { type: 'sessionResumptionUpdate', handle, resumable } as const
    this.#port.send(lastConsumed === undefined ? message : { ...message, lastConsumed })
  }

  stop(): void {
    this.#cancelTimer()
  }
}
