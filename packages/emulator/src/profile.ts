import type { SetupTrait } from './client-message.ts'
import { invalidOption } from './emulator-error.ts'

/** The families of models that the emulator can stand in for. */
export type ProfileName = 'gemini-2.5' | 'gemini-3.1' | 'gemini-3.8' | 'vertex'

/**
 * What realtime input leads to while a blocking call is pending, once the grace time is over:
 *
 * - `close`: the session ends, in this share of the tool windows (from 0 to 1)
 * - `cancel`: the call is cancelled `afterMs` milliseconds after the first such input, or after the beginning of a turn
 * - `accept`: nothing; a turn that ends meanwhile is answered after the call
 */
export type InputDuringCall =
  | { readonly action: 'close'; readonly probability: number }
  | { readonly action: 'cancel'; readonly on: 'input' | 'turn'; readonly afterMs: number }
  | { readonly action: 'accept' }

/** What differs between families of models, as data. */
export interface Profile {
  readonly name: ProfileName
  /** A prefix with 19 digits behind it, or a UUID. */
  readonly callIds: { readonly prefix: string } | 'uuid'
  /** Which calls block: `always` all of them; otherwise the declaration's `behavior` decides, and this where it has none. */
  readonly callsBlock: 'always' | 'by-default' | 'if-declared'
  readonly inputDuringCall: InputDuringCall
  /** Whether a toolCall ends its turn; otherwise the turn of a blocking call ends after the answer to it. */
  readonly callEndsTurn: boolean
  /** Whether the model speaks over the user about a response whose `scheduling` is `INTERRUPT`; otherwise it waits for the end of the turn. */
  readonly interruptsUser: boolean
  /** Whether a response without an id is taken for the oldest pending call of its name. */
  readonly responsesByName: boolean
  /** `mimeType` of the audio that the model sends: s16le, mono, 24 kHz. */
  readonly audioMimeType: string
  /** Whether audio and its transcript ride in one message; otherwise a message has one part. */
  readonly audioWithTranscript: boolean
  /** Whether transcripts begin with an empty message and end with one that says `finished`. */
  readonly framedTranscripts: boolean
  /** Whether a spoken turn begins with an empty `serverContent`. That 3.1 sends them is recorded; that it is there is a guess. */
  readonly emptyContent: boolean
  /** Whether `modelTurn` says that its role is `model`. */
  readonly role: boolean
  /** Whether setupComplete has a `sessionId`. */
  readonly sessionId: boolean
  /** What the tokens of the answer are called in `usageMetadata`. */
  readonly answerTokens: 'response' | 'candidates'
  /** What rides on turnComplete besides. */
  readonly turnCompleteExtras: 'none' | 'groundingMetadata' | 'interactionStatus'
  /**
   * Whether it can answer in text where the setup's `responseModalities` ask for it, and its model is none for native audio;
   * otherwise that ends the session. Source: sessions with gemini-live-2.5-flash-preview recorded by the tests of js-genai, and
   * reports that models which speak refuse it.
   */
  readonly textAnswers: boolean
  /** What in a setup ends the session with 1007. */
  readonly refusedSetups: readonly SetupTrait[]
  /** What in a setup makes the server fall silent: neither setupComplete nor a close comes. */
  readonly unansweredSetups: readonly SetupTrait[]
  /** Whether `audioStreamEnd` ends a turn that is heard; otherwise only silence in the audio does. */
  readonly streamEndEndsTurn: boolean
  /** What the activity detection's sensitivities are where the setup doesn't say. */
  readonly defaultSensitivity: 'high' | 'low'
  /** Whether it heeds `explicitVadSignal`. */
  readonly voiceActivity: boolean
  /** Whether resumption handles come without being asked for. */
  readonly unrequestedHandles: boolean
  /** Whether `sessionResumption.transparent` is allowed. */
  readonly transparentResumption: boolean
}

export const defaultProfileName: ProfileName = 'gemini-2.5'

// Source: real sessions with gemini-2.5-flash-native-audio over the Gemini API, recorded by the tests of js-genai and
// pydantic-ai. That input ends a session is what users of these models report; how often it does they don't agree on.
const gemini25: Profile = {
  name: 'gemini-2.5',
  callIds: { prefix: 'function-call-' },
  callsBlock: 'by-default',
  inputDuringCall: { action: 'close', probability: 1 },
  callEndsTurn: false,
  // Source: Google's page on migrating from 2.5 to 3.8, which says that the latter waits.
  interruptsUser: true,
  responsesByName: false,
  audioMimeType: 'audio/pcm;rate=24000',
  audioWithTranscript: false,
  framedTranscripts: false,
  emptyContent: false,
  role: false,
  sessionId: false,
  answerTokens: 'response',
  turnCompleteExtras: 'none',
  textAnswers: true,
  refusedSetups: [],
  unansweredSetups: [],
  streamEndEndsTurn: true,
  defaultSensitivity: 'high',
  voiceActivity: false,
  unrequestedHandles: false,
  transparentResumption: false,
}

// Source: sessions with gemini-3.1-flash-live-preview recorded by the tests of pydantic-ai. That the call is cancelled when
// the user speaks, by the timeline in livekit/agents#5344: 1.5 s from the first word to the cancellation.
const gemini31: Profile = {
  ...gemini25,
  name: 'gemini-3.1',
  callIds: { prefix: 'fc_' },
  callsBlock: 'always',
  inputDuringCall: { action: 'cancel', on: 'turn', afterMs: 1500 },
  interruptsUser: false,
  audioWithTranscript: true,
  emptyContent: true,
  textAnswers: false,
  // Source: a report in Patter#210.
  unansweredSetups: ['enableAffectiveDialog', 'proactivity'],
  unrequestedHandles: true,
}

const profiles: Readonly<Record<ProfileName, Profile>> = {
  'gemini-2.5': gemini25,
  'gemini-3.1': gemini31,
  // Source: Google's page on migrating from 2.5 to 3.8. Its messages were not recorded; they are taken to be those of 3.1.
  'gemini-3.8': {
    ...gemini31,
    name: 'gemini-3.8',
    callsBlock: 'if-declared',
    inputDuringCall: { action: 'cancel', on: 'input', afterMs: 0 },
    turnCompleteExtras: 'interactionStatus',
    unrequestedHandles: false,
    // Source: Google's pages on 3.8, which don't say with which code.
    refusedSetups: ['thinkingConfig', 'proactiveAudio: false'],
    unansweredSetups: [],
    // Source: reports in openclaw#152830 and #152844.
    streamEndEndsTurn: false,
  },
  // Source: sessions with gemini-live-2.5-flash and gemini-2.0-flash-live on Vertex AI, recorded as above; that calls do
  // not block is from Google's page on asynchronous function calling.
  vertex: {
    ...gemini25,
    name: 'vertex',
    callIds: 'uuid',
    callsBlock: 'if-declared',
    inputDuringCall: { action: 'accept' },
    callEndsTurn: true,
    responsesByName: true,
    audioMimeType: 'audio/pcm',
    framedTranscripts: true,
    role: true,
    sessionId: true,
    answerTokens: 'candidates',
    turnCompleteExtras: 'groundingMetadata',
    transparentResumption: true,
    // Source: the comments on the sensitivities, and on `explicitVadSignal`, in @google/genai.
    defaultSensitivity: 'low',
    voiceActivity: true,
  },
}

/** Throws `EmulatorError` (`invalid-option`) for a name that is not known. */
export function profileNamed(name: unknown): Profile {
  const profile = Object.values(profiles).find((candidate) => candidate.name === name)
  if (profile === undefined) {
    const known = Object.keys(profiles).map((candidate) => JSON.stringify(candidate))
    throw invalidOption('profile', name, known.join(' or '))
  }
  return profile
}

/** Whether a call blocks; `behavior` is that of its declaration, undefined where it has none. */
export function callBlocks({ callsBlock }: Profile, behavior: string | undefined): boolean {
  switch (callsBlock) {
    case 'always':
      return true
    case 'by-default':
      return behavior !== 'NON_BLOCKING'
    case 'if-declared':
      return behavior === 'BLOCKING'
  }
}
