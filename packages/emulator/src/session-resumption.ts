import type { Setup } from './client-message.ts'
import type { Clock } from './clock.ts'
import type { HandleStore, Lineage, ResumeOutcome } from './handle-store.ts'
import { ResumptionUpdates, type ResumptionUpdatesPort } from './resumption-updates.ts'

/** A connection's place in its session: the session that its setup resumes, and the handles with which another may resume it. */
export class SessionResumption {
  readonly #handles: HandleStore
  readonly #clock: Clock
  #lineage: Lineage = { epoch: 1, endedAtMs: undefined }
  #epoch = 1
  #updates: ResumptionUpdates | undefined

  constructor(handles: HandleStore, clock: Clock) {
    this.#handles = handles
    this.#clock = clock
  }

  get epoch(): number {
    return this.#epoch
  }

  /** Resumes the session that a setup asks for. Without a handle it is a new session, without a memory. */
  resume(
    asked: Setup['resumption'],
  ): ResumeOutcome | { readonly outcome: 'new'; readonly memory?: undefined } {
    if (asked?.handle === undefined) return { outcome: 'new' }
    const found = this.#handles.resume(asked.handle, this.#clock.now())
    if (found.outcome === 'resumed') {
      this.#lineage = found.lineage
      this.#epoch = found.lineage.epoch
    }
    return found
  }

  /** Begins to send the client handles. */
  begin(port: ResumptionUpdatesPort): void {
    this.#updates = new ResumptionUpdates(this.#handles, this.#lineage, this.#clock, port)
  }

  /** Sends an update if `busy` of the port has changed. */
  update(): void {
    this.#updates?.update()
  }

  /** Reports the end of the connection. */
  end(): void {
    this.#lineage.endedAtMs = this.#clock.now()
    this.#updates?.stop()
  }
}
