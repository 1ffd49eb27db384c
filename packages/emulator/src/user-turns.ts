import type { RealtimeInput, Setup } from './client-message.ts'
import { closeReasons } from './close-reasons.ts'
import type { Profile } from './profile.ts'
import type { TurnSource } from './session-log.ts'
import { type ActivityEvent, VoiceActivityDetector } from './voice-activity.ts'

/** The effect of an input on the user's turns. `atSample` counts the audio received in the session. */
export type TurnEvent =
  | { readonly type: 'started'; readonly source: SpokenSource; readonly atSample: number }
  | { readonly type: 'ended'; readonly source: SpokenSource; readonly atSample: number }
  /** A turn of one text. */
  | { readonly type: 'written'; readonly text: string }
  /** The input has not the effect that its client may expect. */
  | { readonly type: 'doubtful'; readonly reason: string }
  /** The client broke a rule. The session goes on. */
  | { readonly type: 'violation'; readonly reason: string }
  /** The client broke a rule. The session ends with 1007. */
  | { readonly type: 'refused'; readonly reason: string; readonly closeReason: string }

type SpokenSource = Extract<TurnSource, 'speech' | 'brackets'>

/** Finds the user's turns in the realtime input. */
export interface UserTurns {
  /** Whether audio that arrives now reaches the model. It does not if the client marks its turns and none is open. */
  readonly hears: boolean
  receive(input: RealtimeInput): readonly TurnEvent[]
}

export function userTurnsFor(setup: Setup, profile: TurnDetection): UserTurns {
  return setup.automaticDetection ? new DetectedTurns(setup, profile) : new MarkedTurns(setup, profile)
}

type TurnDetection = Pick<Profile, 'defaultSensitivity' | 'streamEndEndsTurn' | 'bracketsBeginWithAudio'>

/** Automatic mode: activity detection finds the turns in the audio. */
class DetectedTurns implements UserTurns {
  readonly hears: boolean = true
  readonly #detector: VoiceActivityDetector
  readonly #streamEndEndsTurn: boolean
  #open = false

  constructor(
    { silenceDurationMs, prefixPaddingMs, startSensitivity, endSensitivity }: Setup,
    { defaultSensitivity, streamEndEndsTurn }: TurnDetection,
  ) {
    this.#streamEndEndsTurn = streamEndEndsTurn
    // prefixPaddingMs is how much speech it takes to start a turn. Source: its comment in generative_service.proto.
    this.#detector = new VoiceActivityDetector({
      startAfterMs: prefixPaddingMs,
      silenceDurationMs,
      startSensitivity: startSensitivity ?? defaultSensitivity,
      endSensitivity: endSensitivity ?? defaultSensitivity,
    })
  }

  receive(input: RealtimeInput): readonly TurnEvent[] {
    switch (input.kind) {
      case 'audio':
      case 'mediaChunks':
        return this.#detector.push(input.samples, input.sampleRate).map((event) => this.#turnEventOf(event))
      case 'audioStreamEnd':
        return this.#endStream()
      case 'activityStart':
      case 'activityEnd': {
        const reason = `${input.kind} while automatic activity detection is on`
        return [{ type: 'refused', reason, closeReason: closeReasons.explicitActivity }]
      }
      case 'text':
        return [{ type: 'written', text: input.text }]
      case 'video':
        return []
      default:
        return input satisfies never
    }
  }

  #turnEventOf(event: ActivityEvent): TurnEvent {
    this.#open = event.type === 'speech-started'
    return { type: this.#open ? 'started' : 'ended', source: 'speech', atSample: event.atSample }
  }

  #endStream(): readonly TurnEvent[] {
    if (!this.#streamEndEndsTurn)
      return this.#open
        ? [{ type: 'doubtful', reason: 'audioStreamEnd does not end this turn: send silence' }]
        : []
    this.#detector.reset()
    if (!this.#open) return []
    this.#open = false
    return [{ type: 'ended', source: 'speech', atSample: this.#detector.samplesSeen }]
  }
}

/** Manual mode: the client marks its turns, and audio outside of the marks belongs to no turn. */
class MarkedTurns implements UserTurns {
  readonly #coversAll: boolean
  readonly #audioFirst: boolean
  #open = false
  #lacksAudio = false
  #samplesSeen = 0

  constructor({ coversAll }: Setup, { bracketsBeginWithAudio }: TurnDetection) {
    this.#coversAll = coversAll
    this.#audioFirst = bracketsBeginWithAudio
  }

  get hears(): boolean {
    return this.#open || this.#coversAll
  }

  receive(input: RealtimeInput): readonly TurnEvent[] {
    switch (input.kind) {
      case 'activityStart':
        if (this.#open) return [{ type: 'violation', reason: 'activityStart inside a bracket' }]
        this.#open = true
        this.#lacksAudio = this.#audioFirst
        return [{ type: 'started', source: 'brackets', atSample: this.#samplesSeen }]
      case 'activityEnd':
        if (!this.#open) return [{ type: 'violation', reason: 'activityEnd without activityStart' }]
        this.#open = false
        this.#lacksAudio = false
        return [{ type: 'ended', source: 'brackets', atSample: this.#samplesSeen }]
      case 'audio':
      case 'mediaChunks':
        this.#lacksAudio = false
        this.#samplesSeen += input.samples.length
        return []
      case 'audioStreamEnd':
        return [{ type: 'violation', reason: 'audioStreamEnd while automatic activity detection is off' }]
      case 'text':
        return [...this.#doubtAbout(input.kind), { type: 'written', text: input.text }]
      case 'video':
        return this.#doubtAbout(input.kind)
      default:
        return input satisfies never
    }
  }

  #doubtAbout(kind: 'text' | 'video'): readonly TurnEvent[] {
    if (!this.#lacksAudio) return []
    this.#lacksAudio = false
    const reason = `${kind} in a bracket before any audio: servers of 3.x were seen to close with 1007`
    return [{ type: 'doubtful', reason }]
  }
}
