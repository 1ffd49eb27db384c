/** A beginning or end of speech. `atSample` counts all samples pushed into the detector. */
export type ActivityEvent =
  /** `atSample`: where the speech began, which is earlier than where it was detected. */
  | { readonly type: 'speech-started'; readonly atSample: number }
  | { readonly type: 'speech-ended'; readonly atSample: number }

export interface VoiceActivityOptions {
  /** How soft a sound may begin a turn: `high` (default) accepts softer sounds than `low`. */
  readonly startSensitivity?: 'high' | 'low' | undefined
  /** How readily a turn ends: `high` (default) treats louder noise as silence than `low`. */
  readonly endSensitivity?: 'high' | 'low' | undefined
  /** How much speech in a row starts a turn, in ms of audio. Default 60. */
  readonly startAfterMs?: number | undefined
  /** How much silence in a row ends a turn, in ms of audio. Default 500. */
  readonly silenceDurationMs?: number | undefined
}

const windowMs = 20
const defaultStartAfterMs = 60
const defaultSilenceDurationMs = 500

// Root mean square of a window, in units of a 16-bit sample. Speech near a microphone has 700 and more, the noise of a
// quiet room 50 to 250. Speech that has begun may become softer than the level that starts it (hysteresis).
const startLevels = { high: 500, low: 1000 }
const stayLevels = { high: 250, low: 125 }

function windowsIn(milliseconds: number): number {
  return Math.max(1, Math.ceil(milliseconds / windowMs))
}

function sumOfSquares(samples: Int16Array): number {
  let sum = 0
  for (const sample of samples) sum += sample * sample
  return sum
}

/**
 * Finds the beginning and end of speech by the energy of 20 ms windows. It measures time only in the audio pushed into it:
 * without trailing silence *in the audio* speech never ends, as on the real server. The size of the pushes makes no
 * difference.
 */
export class VoiceActivityDetector {
  readonly #windowsToStart: number
  readonly #windowsToEnd: number
  readonly #startLevel: number
  readonly #stayLevel: number
  #speaking = false
  // Consecutive windows that contradict the current state: loud ones in silence, quiet ones in speech.
  #contrary: { count: number; firstSample: number } = { count: 0, firstSample: 0 }
  #window = { samples: 0, sumOfSquares: 0 }
  #samplesSeen = 0

  constructor(options: VoiceActivityOptions = {}) {
    this.#windowsToStart = windowsIn(options.startAfterMs ?? defaultStartAfterMs)
    this.#windowsToEnd = windowsIn(options.silenceDurationMs ?? defaultSilenceDurationMs)
    this.#startLevel = startLevels[options.startSensitivity ?? 'high']
    this.#stayLevel = stayLevels[options.endSensitivity ?? 'high']
  }

  /** Samples pushed since the detector was made. */
  get samplesSeen(): number {
    return this.#samplesSeen
  }

  /** Takes mono samples, `sampleRate` per second. Returns the detected events, in order. */
  push(samples: Int16Array, sampleRate: number): ActivityEvent[] {
    const events: ActivityEvent[] = []
    const samplesPerWindow = Math.max(1, Math.round((sampleRate * windowMs) / 1000))
    for (let at = 0; at < samples.length; ) {
      const missing = samplesPerWindow - this.#window.samples
      const part = samples.subarray(at, at + Math.max(0, missing))
      this.#window.samples += part.length
      this.#window.sumOfSquares += sumOfSquares(part)
      this.#samplesSeen += part.length
      at += part.length
      if (this.#window.samples < samplesPerWindow) break
      const event = this.#endWindow()
      if (event !== undefined) events.push(event)
    }
    return events
  }

  /** Resets the state, as at the end of a stream. Speech in progress ends without an event. */
  reset(): void {
    this.#speaking = false
    this.#contrary = { count: 0, firstSample: 0 }
    this.#window = { samples: 0, sumOfSquares: 0 }
  }

  #endWindow(): ActivityEvent | undefined {
    const { samples, sumOfSquares } = this.#window
    const level = Math.sqrt(sumOfSquares / samples)
    this.#window = { samples: 0, sumOfSquares: 0 }
    const loud = level >= (this.#speaking ? this.#stayLevel : this.#startLevel)
    if (loud === this.#speaking) {
      this.#contrary.count = 0
      return undefined
    }
    if (this.#contrary.count === 0) this.#contrary.firstSample = this.#samplesSeen - samples
    this.#contrary.count++
    if (this.#contrary.count < (this.#speaking ? this.#windowsToEnd : this.#windowsToStart)) return undefined
    this.#contrary.count = 0
    this.#speaking = !this.#speaking
    return this.#speaking
      ? { type: 'speech-started', atSample: this.#contrary.firstSample }
      : { type: 'speech-ended', atSample: this.#samplesSeen }
  }
}
