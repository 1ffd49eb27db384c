import type { Fact, FactOf } from './fact.ts'
import { HeldFrames } from './held-frames.ts'

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
  readonly #held: HeldFrames = new HeldFrames()
  readonly #runs: FrameRun[] = []
  /** The runs are right up to this frame. */
  #known = 0
  /** How many of the frames a range that never arrived has reached: ranges are in order, but those of a file may cover each other. */
  #lookedAt = 0

  get all(): readonly Frame[] {
    return this.#frames
  }

  add(fact: Fact): void {
    if (fact.type === 'offered' && fact.kind === 'audio') this.#offer(fact)
    else if (fact.type === 'never-arrived') {
      for (const [first, count] of fact.ranges) {
        const end = Math.min(first + count, this.#frames.length)
        for (let index = Math.max(first, this.#lookedAt); index < end; index++) this.#miss(index)
        this.#lookedAt = Math.max(this.#lookedAt, end)
      }
    } else {
      const { indices = [], ...change } = this.#held.change(fact) ?? {}
      for (const index of indices) this.#change(index, change)
    }
  }

  /** Returns the runs of frames with the same fate, oldest first. */
  runs(): readonly FrameRun[] {
    // The other runs end there, or begin later.
    while ((this.#runs.at(-1)?.first ?? -1) >= this.#known) this.#runs.pop()
    const { first, count } = this.#runs.pop() ?? { first: 0, count: 0 }
    if (count > 0) this.#runs.push({ first, count: Math.min(count, this.#known - first) })
    for (; this.#known < this.#frames.length; this.#known++) this.#extend(this.#known)
    return this.#runs
  }

  #offer(fact: FactOf<'offered'>): void {
    const { atMs: offeredMs, durationMs, level, fate: told, reason } = fact
    const isIdle = reason === 'pre-roll' || reason === 'outside-bracket'
    const fate = isIdle ? 'idle' : told
    const before = this.#frames.at(-1)
    const followsMs = before ? before.atMs + before.durationMs : 0
    // Late timers deliver several frames at once, but the sound itself was continuous.
    const follows = before && offeredMs - followsMs < longestGapMs
    const atMs = follows ? followsMs : offeredMs
    const index = this.#frames.push({ atMs, durationMs, level, fate, reason, leftMs: undefined }) - 1
    this.#held.offer(index, fact)
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
    this.#known = Math.min(this.#known, index)
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
