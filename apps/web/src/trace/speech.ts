// The emulator's thresholds for speech: the levels at which it starts and goes on, the least duration, and the pause that ends a turn.
// Levels are root mean squares, from 0 to 1.
export const startLevel: number = 500 / 32_768
const stayLevel = 250 / 32_768
export const shortestMs: number = 60
const pauseMs = 500

export interface LevelFrame {
  readonly level: number
  readonly durationMs: number
}

/** Returns for each frame whether it is part of an utterance, from its first sound to its last. */
export function spokenFrames(frames: readonly LevelFrame[]): readonly boolean[] {
  const spoken = frames.map(() => false)
  let first: number | undefined
  let last = 0
  let quietMs = 0
  const end = (): void => {
    if (first !== undefined && isSpeech(frames.slice(first, last + 1))) spoken.fill(true, first, last + 1)
    first = undefined
    quietMs = 0
  }
  for (const [index, { level, durationMs }] of frames.entries()) {
    if (level >= stayLevel) {
      first ??= index
      last = index
      quietMs = 0
    } else if (first !== undefined) {
      quietMs += durationMs
      if (quietMs >= pauseMs) end()
    }
  }
  end()
  return spoken
}

function isSpeech(frames: readonly LevelFrame[]): boolean {
  let loudMs = 0
  for (const { level, durationMs } of frames) {
    loudMs = level >= startLevel ? loudMs + durationMs : 0
    if (loudMs >= shortestMs) return true
  }
  return false
}
