import type { Fact, FactOf } from './fact.ts'
import { HeldFrames } from './held-frames.ts'
import { spokenFrames } from './speech.ts'

const samplesPerMs = 16

/** What a run said, and what of it the server heard, in milliseconds of speech. */
export interface Comparison {
  readonly spokenMs: number
  /** `null` if the server does not say. */
  readonly heardMs: number | null
  /** For each frame whether the server received it; empty if the server does not say. */
  readonly heard: readonly boolean[]
}

/**
 * Keeps of every frame what decides, at the end of a run, whether the server heard it: some 20 bytes instead of its samples, which come to
 * 115 MB in an hour.
 */
export class FrameLedger {
  readonly #prints: number[] = []
  readonly #lengths: number[] = []
  readonly #levels: number[] = []
  readonly #wereSent: boolean[] = []
  readonly #held: HeldFrames = new HeldFrames()

  /** Adds a frame, and the fact that it was offered. */
  add(samples: Int16Array, offered: FactOf<'offered'>): void {
    const { fate, reason, level } = offered
    // What is said between two turns of push-to-talk is not meant for the server.
    const isMeant = reason !== 'pre-roll' && reason !== 'outside-bracket'
    this.#held.offer(this.#prints.length, offered)
    this.#prints.push(printOf(samples))
    this.#lengths.push(samples.length)
    this.#levels.push(isMeant ? level : 0)
    this.#wereSent.push(fate === 'sent')
  }

  /** Looks at a fact for what becomes of frames that are held. */
  look(fact: Fact): void {
    const { indices = [], fate } = this.#held.change(fact) ?? {}
    if (fate === 'replayed') for (const index of indices) this.#wereSent[index] = true
  }

  /** @param received all samples that the server has, one frame after the other. */
  compare(received: Int16Array | undefined): Comparison {
    const durations = this.#lengths.map((length) => length / samplesPerMs)
    const spoken = spokenFrames(
      this.#levels.map((level, index) => ({ level, durationMs: durations[index] ?? 0 })),
    )
    const msOf = (is: (index: number) => boolean): number =>
      Math.round(durations.reduce((sum, ms, index) => (spoken[index] && is(index) ? sum + ms : sum), 0))
    const spokenMs = msOf(() => true)
    if (!received) return { spokenMs, heardMs: null, heard: [] }
    const heard = this.#heardIn(received)
    return { spokenMs, heardMs: msOf((index) => heard[index] === true), heard }
  }

  /**
   * Received frames are in order, so each that was sent is looked for right after the one before. Among equal frames, such as digital
   * silence, one counts as missing only if there are too few.
   */
  #heardIn(received: Int16Array): readonly boolean[] {
    let at = 0
    return this.#lengths.map((length, index) => {
      const part = received.subarray(at, at + length)
      const isHere =
        this.#wereSent[index] === true && part.length === length && printOf(part) === this.#prints[index]
      if (isHere) at += length
      return isHere
    })
  }
}

/** A number that stands for a frame's samples (FNV-1a, by the sample): of 2³² other frames one has the same. */
function printOf(samples: Int16Array): number {
  let print = 0x811c_9dc5
  for (const sample of samples) print = Math.imul(print ^ sample, 0x0100_0193)
  return print
}

/** Returns the missing frames, as ranges of first and count. */
export function rangesOfMissing(heard: readonly boolean[]): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = []
  for (const [index, isHeard] of heard.entries()) {
    if (isHeard) continue
    const last = ranges.at(-1)
    if (last && last[0] + last[1] === index) last[1]++
    else ranges.push([index, 1])
  }
  return ranges
}
