import type { Fact, FactOf } from './fact.ts'

/** A frame of the microphone with what has become of it up to now. */
export interface Frame {
  /** When it was said: behind the frame before, unless there was a pause. */
  readonly atMs: number
  readonly durationMs: number
  readonly level: number
  /** `replayed`: it waited, and left later. `idle`: it belongs to no turn, with push-to-talk. */
  readonly fate: 'sent' | 'held' | 'dropped' | 'replayed' | 'idle'
  /** Why it waits or was dropped. */
  readonly reason: string | undefined
  /** When it left, if it waited. */
  readonly leftMs: number | undefined
}

/** Frames that follow one another and fared alike. */
export interface FrameRun {
  readonly first: number
  readonly count: number
}

/** The index of the first frame that was said at a moment or after it, or the number of frames. They are in order. */
export function firstFrom(frames: readonly Frame[], fromMs: number): number {
  let low = 0
  let high = frames.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((frames[middle] as Frame).atMs < fromMs) low = middle + 1
    else high = middle
  }
  return low
}

/** A shorter gap between two frames is the timer's, not the user's. */
const longestGapMs = 400

/** Follows each frame of the microphone from its offer to its end. */
export class Frames {
  readonly #frames: Frame[] = []
  /** The frames that wait, oldest first. */
  #waiting: number[] = []
  /** Frames between two turns: the last of them leave with the next. */
  #preRoll: number[] = []
  #runs: FrameRun[] = []
  #areRunsOld = false

  get all(): readonly Frame[] {
    return this.#frames
  }

  add(fact: Fact): void {
    switch (fact.type) {
      case 'offered':
        if (fact.kind === 'audio') this.#offer(fact)
        else if (fact.kind === 'activityStart') this.#beginTurn(fact)
        return
      case 'gate-opened':
        for (const index of this.#waiting) this.#change(index, { fate: 'replayed', leftMs: fact.atMs })
        this.#waiting = []
        return
      case 'given-up': {
        if (fact.kind !== 'audio') return
        if (fact.reason === 'outside-bracket') {
          this.#preRoll.shift()
          return
        }
        const oldest = this.#waiting.shift()
        if (oldest !== undefined) this.#change(oldest, { fate: 'dropped', reason: fact.reason })
        return
      }
      case 'never-arrived':
        for (const [first, count] of fact.ranges) {
          const end = Math.min(first + count, this.#frames.length)
          for (let index = first; index < end; index++) this.#miss(index)
        }
        return
    }
  }

  /** Frames in a row with the same fate, oldest first. */
  runs(): readonly FrameRun[] {
    if (this.#areRunsOld) {
      this.#runs = []
      for (const index of this.#frames.keys()) this.#extend(index)
      this.#areRunsOld = false
    }
    return this.#runs
  }

  #offer({ atMs: offeredMs, durationMs, level, fate: told, reason }: FactOf<'offered'>): void {
    const isIdle = reason === 'pre-roll' || reason === 'outside-bracket'
    const fate = isIdle ? 'idle' : told
    const before = this.#frames.at(-1)
    const followsMs = before ? before.atMs + before.durationMs : 0
    // A page's timers are late, and give several frames at once: sound goes on in its own time.
    const follows = before && Math.abs(offeredMs - followsMs) < longestGapMs
    const atMs = follows ? followsMs : offeredMs
    const index = this.#frames.push({ atMs, durationMs, level, fate, reason, leftMs: undefined }) - 1
    if (reason === 'pre-roll') this.#preRoll.push(index)
    else if (fate === 'held') this.#waiting.push(index)
    if (!this.#areRunsOld) this.#extend(index)
  }

  /** What was kept for this turn goes the way of its start. */
  #beginTurn({ atMs, fate, reason }: FactOf<'offered'>): void {
    if (fate === 'dropped') return
    for (const index of this.#preRoll) {
      if (fate === 'held') this.#change(index, { fate, reason })
      else this.#change(index, { fate: 'replayed', reason: 'pre-roll', leftMs: atMs })
    }
    if (fate === 'held') this.#waiting.push(...this.#preRoll)
    this.#preRoll = []
  }

  #miss(index: number): void {
    const fate = this.#frames[index]?.fate
    if (fate === 'dropped' || fate === 'idle') return
    this.#change(index, { fate: 'dropped', reason: 'it left, and the server never took it in' })
  }

  #change(index: number, change: Partial<Frame>): void {
    const frame = this.#frames[index]
    if (!frame) return
    this.#frames[index] = { ...frame, ...change }
    this.#areRunsOld = true
  }

  #extend(index: number): void {
    const frame = this.#frames[index]
    const before = this.#frames[index - 1]
    const last = this.#runs.at(-1)
    const follows =
      frame &&
      before &&
      before.fate === frame.fate &&
      before.reason === frame.reason &&
      frame.atMs - before.atMs - before.durationMs < longestGapMs
    if (last && follows) this.#runs[this.#runs.length - 1] = { ...last, count: last.count + 1 }
    else this.#runs.push({ first: index, count: 1 })
  }
}
