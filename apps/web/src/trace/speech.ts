/** Which frames of the microphone are speech, as the emulated server would take them, margins included. */

// The level from which, and for how long, the emulator takes sound for speech, and what it takes for the end of a turn.
// Levels are root mean squares, from 0 to 1.
export const startLevel: number = 500 / 32_768
const stayLevel = 250 / 32_768
const shortestMs = 60
const pauseMs = 500

export interface LevelFrame {
  readonly level: number
  readonly durationMs: number
}

/** For each frame whether it lies between the first and the last sound of something that was said. */
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
