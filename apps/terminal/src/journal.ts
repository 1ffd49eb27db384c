import type { LiveServerMessage } from '@google/genai'
import type { ConnectLiveEvent } from '@livegate/genai'
import type { Fate } from './acts/scene.ts'
import type { Cue } from './microphone.ts'
import { believed, microphoneLane, type Offer, type TimelineEntry } from './timeline.ts'

type ActiveLane = 'gate' | 'tool' | 'model'
type StateOf<Lane extends ActiveLane> = Extract<TimelineEntry, { lane: Lane; fromMs: number }>['state']

/** The end of a session, as reported to the client. */
export interface Closing {
  readonly atMs: number
  readonly code: number
  readonly reason: string
}

/** Records what the client of one conversation does and sees. Times are milliseconds since `start`. */
export class Journal {
  readonly offers: Offer[] = []
  /** Milliseconds of audio that Livegate reported as dropped. */
  droppedMs = 0
  /** When replies ended without an interruption. */
  readonly repliesEndedAtMs: number[] = []
  closing: Closing | undefined
  readonly #now: () => number
  readonly #past: TimelineEntry[] = []
  readonly #ongoing: Map<ActiveLane, { readonly state: StateOf<ActiveLane>; readonly fromMs: number }> =
    new Map()
  #startedAt: number
  #endedAtMs: number | undefined
  #lastActivityMs = 0
  #wasInterrupted = false
  /** Whether something held has not left yet. */
  #isHolding = false

  constructor(now: () => number) {
    this.#now = now
    this.#startedAt = now()
  }

  /** Records that the microphone opens, and returns the time on the clock. */
  start(): number {
    this.#startedAt = this.#now()
    return this.#startedAt
  }

  /** Ends the record: time stops, and that the demo then closes the session is not recorded. */
  end(): void {
    this.#endedAtMs = this.nowMs
  }

  get nowMs(): number {
    return this.#endedAtMs ?? this.#now() - this.#startedAt
  }

  offered(cue: Cue, fate: Fate): void {
    // A closed socket accepts everything without an error.
    this.offers.push({ cue, fate: this.closing ? 'dropped' : fate })
    this.#isHolding ||= fate === 'held'
  }

  gate(isShut: boolean | undefined): void {
    if (isShut !== undefined && !this.closing) this.#go('gate', isShut ? 'shut' : 'open')
  }

  toolStarted(): void {
    this.#go('tool', 'running')
  }

  toolEnded(): void {
    this.#halt('tool')
  }

  heard({ serverContent, toolCall }: LiveServerMessage): void {
    this.#lastActivityMs = this.nowMs
    if (serverContent?.modelTurn?.parts?.some((part) => part.inlineData)) this.#go('model', 'speaking')
    if (serverContent?.interrupted) {
      this.#wasInterrupted = true
      this.#halt('model')
      this.#past.push({ lane: 'model', state: 'interrupted', atMs: this.nowMs })
    }
    if (serverContent?.turnComplete) {
      if (!this.#wasInterrupted) this.repliesEndedAtMs.push(this.nowMs)
      this.#wasInterrupted = false
      this.#halt('model')
    }
    // The emulated model stops speaking for a call.
    if (toolCall) this.#halt('model')
  }

  told(event: ConnectLiveEvent): void {
    if (event.type === 'input-dropped' && event.kind === 'audio') this.droppedMs += event.durationMs
    if (event.type === 'gate-opened' && this.#isHolding) {
      this.#isHolding = false
      this.#past.push({ lane: 'mic', state: 'replayed', atMs: this.nowMs })
    }
  }

  closed(code: number, reason: string): void {
    if (this.#endedAtMs !== undefined) return
    const atMs = this.nowMs
    this.closing = { atMs, code, reason }
    this.#halt('gate')
    this.#halt('model')
    this.#past.push({ lane: 'session', state: 'closed', atMs, code, reason })
  }

  /** Whether neither tool nor model is active, and no activity was seen for so long. */
  isQuietFor(milliseconds: number): boolean {
    const isBusy = this.#ongoing.has('tool') || this.#ongoing.has('model')
    return !isBusy && this.nowMs - this.#lastActivityMs >= milliseconds
  }

  /** Returns the entries so far of all lanes but the microphone's. */
  events(): readonly TimelineEntry[] {
    return [
      ...this.#past,
      ...[...this.#ongoing].map(
        ([lane, { state, fromMs }]) => ({ lane, state, fromMs, toMs: this.nowMs }) as TimelineEntry,
      ),
    ]
  }

  /** Returns all entries so far, as the client believes them to be. */
  timeline(): readonly TimelineEntry[] {
    return [...microphoneLane(this.offers, believed), ...this.events()]
  }

  #go<Lane extends ActiveLane>(lane: Lane, state: StateOf<Lane>): void {
    if (this.#ongoing.get(lane)?.state === state) return
    this.#halt(lane)
    this.#ongoing.set(lane, { state, fromMs: this.nowMs })
  }

  #halt(lane: ActiveLane): void {
    const stretch = this.#ongoing.get(lane)
    if (!stretch) return
    this.#ongoing.delete(lane)
    this.#lastActivityMs = this.nowMs
    this.#past.push({ lane, ...stretch, toMs: this.nowMs } as TimelineEntry)
  }
}
