/** A stretch of speech in frames, from the first to the one behind the last. */
export interface Utterance {
  readonly firstFrame: number
  readonly endFrame: number
}

// The level from which, and for how long, the emulated server takes sound for speech, and what it takes for the end of
// a turn: an utterance is what would be a turn hands-free. Levels are root mean squares in units of a 16-bit sample.
const startLevel = 500
const stayLevel = 250
const shortestFrames = 3
const pauseFrames = 25

/** A finger is on the button before the first sound and leaves it after the last. */
const marginFrames = 5

/** Root mean square of a frame. */
export function levelOf(samples: Int16Array): number {
  let sumOfSquares = 0
  for (const sample of samples) sumOfSquares += sample * sample
  return Math.sqrt(sumOfSquares / samples.length)
}

/** Finds what is said in a recording by the levels of its 20 ms frames. */
export function findUtterances(levels: readonly number[]): readonly Utterance[] {
  const runs: Utterance[] = []
  for (const [frame, level] of levels.entries()) {
    if (level < stayLevel) continue
    const last = runs.at(-1)
    if (last && frame - last.endFrame < pauseFrames) runs[runs.length - 1] = { ...last, endFrame: frame + 1 }
    else runs.push({ firstFrame: frame, endFrame: frame + 1 })
  }
  return runs
    .filter((run) => isSpeech(levels.slice(run.firstFrame, run.endFrame)))
    .map(({ firstFrame, endFrame }) => ({
      firstFrame: Math.max(0, firstFrame - marginFrames),
      endFrame: Math.min(levels.length, endFrame + marginFrames),
    }))
}

function isSpeech(levels: readonly number[]): boolean {
  let loudInARow = 0
  for (const level of levels) {
    loudInARow = level >= startLevel ? loudInARow + 1 : 0
    if (loudInARow === shortestFrames) return true
  }
  return false
}
