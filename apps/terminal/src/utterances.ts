/** A stretch of speech in frames. `endFrame` is the first frame behind it. */
export interface Utterance {
  readonly firstFrame: number
  readonly endFrame: number
}

// The thresholds with which the emulator detects the beginning and the end of speech, so that an utterance is what would be a
// turn hands-free. Levels are root mean squares in units of a 16-bit sample.
const startLevel = 500
const stayLevel = 250
const shortestFrames = 3
const pauseFrames = 25

/** The user presses the button before the first sound, and releases it after the last. */
const marginFrames = 5

/** Returns the root mean square of a frame. */
export function levelOf(samples: Int16Array): number {
  let sumOfSquares = 0
  for (const sample of samples) sumOfSquares += sample * sample
  return Math.sqrt(sumOfSquares / samples.length)
}

/** Finds the utterances in a recording by the levels of its 20 ms frames. */
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
