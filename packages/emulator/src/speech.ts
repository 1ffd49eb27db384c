import type { Clock } from './clock.ts'
import type { Profile } from './profile.ts'
import type { ServerMessage } from './server-frames.ts'
import type { Answer } from './usage-meter.ts'
import { outputSampleRate, speak } from './voice.ts'

// 100 ms, which is 4800 bytes. Source: audio messages of 60 to 130 ms in recorded sessions with gemini-2.5-flash-native-audio.
const samplesPerMessage = outputSampleRate / 10
// Sends at least twice as fast as playback, as the real server does.
const longestIntervalMs = 20
const wordsPerTranscript = 3

/** An answer of the model, and the form that the setup asks for. */
export interface Utterance {
  readonly text: string
  readonly transcribed: boolean
  /** Whether it is sent as text instead of audio. */
  readonly written: boolean
  /** What the model thinks before. */
  readonly thought?: string
  /** Whether the model has more to say in the same generation. */
  readonly goesOn?: boolean
  /** Samples at 24 kHz in each message of audio. Default 2400. */
  readonly samplesPerMessage?: number
}

/** Splits a transcript into fragments. The spaces between them belong to one or the other, as in recorded sessions. */
export function transcriptFragments(
  text: string,
  { spaceEndsFirstFragment }: Pick<Profile, 'spaceEndsFirstFragment'>,
): readonly string[] {
  const words = text.trim().split(/\s+/)
  const fragments: string[] = []
  for (let at = 0; at < words.length; at += wordsPerTranscript) {
    fragments.push(`${at === 0 ? '' : ' '}${words.slice(at, at + wordsPerTranscript).join(' ')}`)
  }
  const [first, second, ...others] = fragments
  if (!spaceEndsFirstFragment || second === undefined) return fragments
  return [`${first} `, second.trimStart(), ...others]
}

/** Makes the messages that transcribe what the user said. Even its first fragment begins with a space, as in recorded sessions. */
export function inputTranscript(
  text: string,
  profile: Pick<Profile, 'framedTranscripts' | 'inputTranscribedWhole' | 'spaceEndsFirstFragment'>,
): readonly ServerMessage[] {
  const parts = profile.inputTranscribedWhole
    ? [text.trim()]
    : transcriptFragments(text, profile).map((part) => ` ${part.trimStart()}`)
  const messages = parts.map((part): ServerMessage => ({ type: 'inputTranscript', text: part }))
  return profile.framedTranscripts
    ? [...messages, { type: 'inputTranscript', text: '', finished: true }]
    : messages
}

/**
 * Makes the messages of an utterance, one list for each step in time. The transcript is spread over the audio, or comes before it
 * if it is framed. It is complete before generationComplete.
 */
export function utteranceSteps(
  utterance: Utterance,
  profile: Pick<Profile, 'emptyContent' | 'framedTranscripts' | 'spaceEndsFirstFragment'>,
): readonly (readonly ServerMessage[])[] {
  const steps = utterance.written ? writtenSteps(utterance, profile) : spokenSteps(utterance, profile)
  if (utterance.thought !== undefined) steps[0]?.unshift({ type: 'thought', text: utterance.thought })
  if (profile.emptyContent) steps[0]?.unshift({ type: 'emptyContent' })
  if (utterance.goesOn === true) return steps
  // A call in the middle comes before generationComplete, even if all speech is in one step.
  if (steps.length === 1) steps.push([])
  steps.at(-1)?.push({ type: 'generationComplete' })
  return steps
}

function writtenSteps(
  { text }: Utterance,
  profile: Pick<Profile, 'spaceEndsFirstFragment'>,
): ServerMessage[][] {
  return transcriptFragments(text, profile).map((part) => [{ type: 'text', text: part }])
}

function spokenSteps(
  { text, transcribed, samplesPerMessage: size = samplesPerMessage }: Utterance,
  profile: Pick<Profile, 'framedTranscripts' | 'spaceEndsFirstFragment'>,
): ServerMessage[][] {
  const samples = speak(text)
  const count = Math.ceil(samples.length / size)
  const steps = Array.from({ length: count }, (_, index): ServerMessage[] => [
    { type: 'audio', samples: samples.subarray(index * size, (index + 1) * size) },
  ])
  const fragments = transcribed ? transcriptFragments(text, profile).map(transcriptOf) : []
  if (transcribed && profile.framedTranscripts)
    steps[0]?.unshift(transcriptStart, ...fragments, transcriptEnd)
  else {
    // From the last on, so that those of one step stay in order.
    for (const [place, fragment] of [...fragments.entries()].reverse())
      steps[Math.floor((place * count) / fragments.length)]?.unshift(fragment)
  }
  return steps
}

function transcriptOf(text: string): ServerMessage {
  return { type: 'transcript', text }
}

/** What begins and ends a transcript on Vertex AI. */
export const transcriptStart: ServerMessage = { type: 'transcript', text: '' }
export const transcriptEnd: ServerMessage = { type: 'transcript', text: '', finished: true }

/** What follows a speech and its parts. */
export interface SpeechEvents {
  send(...messages: readonly ServerMessage[]): void
  /** Half of it has been sent. */
  halfSent(): void
  /** A client that plays in real time has played everything. */
  ended(): void
}

/** An utterance being sent: faster than real time, but over only when its playback is. */
export class Speech {
  readonly #clock: Clock
  readonly #events: SpeechEvents
  readonly #thoughtCharacters: number
  readonly #steps: readonly (readonly ServerMessage[])[]
  #startedAtMs = 0
  #nextStep = 0
  #samplesSent = 0
  #charactersSent = 0
  #cancelTimer: () => void = () => {}

  /** `thoughtCharacters`: how much the model thought for it. */
  constructor(
    steps: readonly (readonly ServerMessage[])[],
    thoughtCharacters: number,
    clock: Clock,
    events: SpeechEvents,
  ) {
    this.#clock = clock
    this.#events = events
    this.#steps = steps
    this.#thoughtCharacters = thoughtCharacters
  }

  /** Seconds of audio and characters of text sent so far. */
  get sent(): Answer {
    return {
      seconds: this.#samplesSent / outputSampleRate,
      characters: this.#charactersSent,
      thoughtCharacters: this.#thoughtCharacters,
    }
  }

  /** Whether everything was sent, including generationComplete. It never is if the model has more to say. */
  get generated(): boolean {
    const isLast = this.#steps.at(-1)?.at(-1)?.type === 'generationComplete'
    return isLast && this.#nextStep >= this.#steps.length
  }

  /** Sends the first messages at once, and the others over time. */
  start(): void {
    this.#startedAtMs = this.#clock.now()
    this.#step()
  }

  /** Stops sending, and does not call `ended`. */
  cancel(): void {
    this.#cancelTimer()
  }

  #step(): void {
    const messages = this.#steps[this.#nextStep] ?? []
    let intervalMs = longestIntervalMs
    for (const message of messages) {
      if (message.type === 'audio') {
        this.#samplesSent += message.samples.length
        intervalMs = Math.min(intervalMs, (message.samples.length * 1000) / outputSampleRate / 2)
      }
      if (message.type === 'text') this.#charactersSent += message.text.length
    }
    this.#nextStep++
    // Set the timer before sending: sending may end the session, which cancels the timer.
    this.#cancelTimer =
      this.#nextStep < this.#steps.length
        ? this.#clock.setTimer(intervalMs, () => this.#step())
        : this.#clock.setTimer(this.#remainingPlaybackMs(), () => this.#events.ended())
    this.#events.send(...messages)
    if (this.#nextStep === Math.ceil(this.#steps.length / 2)) this.#events.halfSent()
  }

  #remainingPlaybackMs(): number {
    const playbackEndMs = this.#startedAtMs + (this.#samplesSent * 1000) / outputSampleRate
    return Math.max(0, playbackEndMs - this.#clock.now())
  }
}
