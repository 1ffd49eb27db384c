import type { Clock } from './clock.ts'
import type { ServerMessage } from './server-frames.ts'
import { outputSampleRate, speak } from './voice.ts'

// Source: audio messages of 60 to 130 ms in sessions recorded with gemini-2.5-flash-native-audio; 4800 bytes.
const samplesPerMessage = outputSampleRate / 10
// Faster than it is played, as the real server sends.
const messageIntervalMs = 20
const wordsPerTranscript = 3

/** The transcript in fragments; each but the first begins with a space, as in recorded sessions. */
export function transcriptFragments(text: string): readonly string[] {
  const words = text.trim().split(/\s+/)
  const fragments: string[] = []
  for (let at = 0; at < words.length; at += wordsPerTranscript) {
    fragments.push(`${at === 0 ? '' : ' '}${words.slice(at, at + wordsPerTranscript).join(' ')}`)
  }
  return fragments
}

/**
 * The messages of an utterance, one list for each step in time. The transcript is spread over the audio and is complete
 * before generationComplete.
 */
export function utteranceSteps(text: string, transcribed: boolean): readonly (readonly ServerMessage[])[] {
  const samples = speak(text)
  const fragments = transcribed ? transcriptFragments(text) : []
  const count = Math.ceil(samples.length / samplesPerMessage)
  const steps = Array.from({ length: count }, (_, index): ServerMessage[] => {
    const here = fragments.filter(
      (_fragment, place) => Math.floor((place * count) / fragments.length) === index,
    )
    const audio = samples.slice(index * samplesPerMessage, (index + 1) * samplesPerMessage)
    return [
      ...here.map((part): ServerMessage => ({ type: 'transcript', text: part })),
      { type: 'audio', samples: audio },
    ]
  })
  steps.at(-1)?.push({ type: 'generationComplete' })
  return steps
}

/** One utterance on its way: sent faster than real time, over when its playback is. */
export class Speech {
  readonly #clock: Clock
  readonly #send: (message: ServerMessage) => void
  readonly #ended: () => void
  readonly #steps: readonly (readonly ServerMessage[])[]
  #startedAtMs = 0
  #nextStep = 0
  #samplesSent = 0
  #cancelTimer: () => void = () => {}

  /** `ended` is called when a client that plays in real time has played it all. */
  constructor(
    utterance: { readonly text: string; readonly transcribed: boolean },
    clock: Clock,
    send: (message: ServerMessage) => void,
    ended: () => void,
  ) {
    this.#clock = clock
    this.#send = send
    this.#ended = ended
    this.#steps = utteranceSteps(utterance.text, utterance.transcribed)
  }

  /** Samples sent so far, at 24 kHz. */
  get samplesSent(): number {
    return this.#samplesSent
  }

  /** Whether all of it was sent, generationComplete included. */
  get generated(): boolean {
    return this.#nextStep >= this.#steps.length
  }

  /** Sends the first messages at once and the others in time. */
  start(): void {
    this.#startedAtMs = this.#clock.now()
    this.#step()
  }

  /** Sends no more, and does not call `ended`. */
  cancel(): void {
    this.#cancelTimer()
  }

  #step(): void {
    for (const message of this.#steps[this.#nextStep] ?? []) {
      if (message.type === 'audio') this.#samplesSent += message.samples.length
      this.#send(message)
    }
    this.#nextStep++
    this.#cancelTimer =
      this.#nextStep < this.#steps.length
        ? this.#clock.setTimer(messageIntervalMs, () => this.#step())
        : this.#clock.setTimer(this.#remainingPlaybackMs(), this.#ended)
  }

  #remainingPlaybackMs(): number {
    const playbackEndMs = this.#startedAtMs + (this.#samplesSent * 1000) / outputSampleRate
    return Math.max(0, playbackEndMs - this.#clock.now())
  }
}
