import type { LiveServerMessage } from '@google/genai'
import type { ConnectLiveEvent } from '@livegate/genai'
import type { Fate } from './acts/scene.ts'
import type { Cue } from './microphone.ts'
import { believed, microphoneLane, type Offer, type TimelineEntry } from './timeline.ts'

type Going = 'gate' | 'tool' | 'model'
type StateOf<Lane extends Going> = Extract<TimelineEntry, { lane: Lane; fromMs: number }>['state']

/** The end of a session, as the client was told of it. */
export interface Closing {
  readonly atMs: number
  readonly code: number
  readonly reason: string
}

/** What the client of one conversation did and saw, while it goes on. Times are milliseconds since `start`. */
export class Journal {
  readonly offers: Offer[] = []
  /** Milliseconds of audio that Livegate reported as dropped. */
  droppedMs = 0
  /** When replies came to their end without an interruption. */
  readonly repliesEndedAtMs: number[] = []
  closing: Closing | undefined
  readonly #now: () => number
  readonly #past: TimelineEntry[] = []
  readonly #goingOn: Map<Going, { readonly state: StateOf<Going>; readonly fromMs: number }> = new Map()
  #startedAt: number
  #endedAtMs: number | undefined
  #lastActivityMs = 0
  #wasInterrupted = false
  /** Something was held that has not left yet. */
  #isHolding = false

  constructor(now: () => number) {
    this.#now = now
    this.#startedAt = now()
  }

  /** The microphone is opened; gives the time of it on the clock. */
  start(): number {
    this.#startedAt = this.#now()
    return this.#startedAt
  }

  /** The conversation is over: time stands still, and the closing of its session by the demo is not part of it. */
  end(): void {
    this.#endedAtMs = this.nowMs
  }

  get nowMs(): number {
    return this.#endedAtMs ?? this.#now() - this.#startedAt
  }

  offered(cue: Cue, fate: Fate): void {
    // A socket that is closed takes everything and says nothing.
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
    // The emulated model breaks off what it says for a call.
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

  /** Whether nothing is going on, and nothing has come for a while. */
  isQuietFor(milliseconds: number): boolean {
    const isBusy = this.#goingOn.has('tool') || this.#goingOn.has('model')
    return !isBusy && this.nowMs - this.#lastActivityMs >= milliseconds
  }

  /** All but the lane of the microphone, up to now. */
  events(): readonly TimelineEntry[] {
    return [
      ...this.#past,
      ...[...this.#goingOn].map(
        ([lane, { state, fromMs }]) => ({ lane, state, fromMs, toMs: this.nowMs }) as TimelineEntry,
      ),
    ]
  }

  /** All of it, as the client believes it to be. */
  timeline(): readonly TimelineEntry[] {
    return [...microphoneLane(this.offers, believed), ...this.events()]
  }

  #go<Lane extends Going>(lane: Lane, state: StateOf<Lane>): void {
    if (this.#goingOn.get(lane)?.state === state) return
    this.#halt(lane)
    this.#goingOn.set(lane, { state, fromMs: this.nowMs })
  }

  #halt(lane: Going): void {
    const going = this.#goingOn.get(lane)
    if (!going) return
    this.#goingOn.delete(lane)
    this.#lastActivityMs = this.nowMs
    this.#past.push({ lane, ...going, toMs: this.nowMs } as TimelineEntry)
  }
}
