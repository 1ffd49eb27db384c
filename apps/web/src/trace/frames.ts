import type { Fact, FactOf } from './fact.ts'

/** A frame of the microphone, and what has happened to it up to now. */
export interface Frame {
  /** When it was said: right after the previous frame, unless there was a pause. */
  readonly atMs: number
  readonly durationMs: number
  readonly level: number
  /** `replayed`: held, and sent later. `idle`: outside of any turn of push-to-talk. */
  readonly fate: 'sent' | 'held' | 'dropped' | 'replayed' | 'idle'
  /** Why it is held or was dropped. */
  readonly reason: string | undefined
  /** When it was sent, if it was held. */
  readonly leftMs: number | undefined
}

/** Consecutive frames with the same fate. */
export interface FrameRun {
  readonly first: number
  readonly count: number
}

/** Returns the index of the first frame that was said at a moment or later, or the number of frames. Frames are in order of time. */
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

/** A shorter gap between two frames comes from a late timer, not from the user. */
const longestGapMs = 400

/** Tracks each frame of the microphone from its offer to its fate. */
export class Frames {
  readonly #frames: Frame[] = []
  /** The held frames, oldest first. */
  #waiting: number[] = []
  /** Frames between two turns, of which the last are sent with the next turn. */
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

  /** Returns the runs of frames with the same fate, oldest first. */
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
    // Late timers deliver several frames at once, but the sound itself was continuous.
    const follows = before && offeredMs - followsMs < longestGapMs
    const atMs = follows ? followsMs : offeredMs
    const index = this.#frames.push({ atMs, durationMs, level, fate, reason, leftMs: undefined }) - 1
    if (reason === 'pre-roll') this.#preRoll.push(index)
    else if (fate === 'held') this.#waiting.push(index)
    if (!this.#areRunsOld) this.#extend(index)
  }

  /** Gives the pre-roll of a turn the fate of its start. */
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
    this.#change(index, { fate: 'dropped', reason: 'sent, but it never reached the server' })
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
