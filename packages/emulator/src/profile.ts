import type { SetupTrait } from './client-message.ts'
import { invalidOption } from './emulator-error.ts'

/** The families of models that the emulator can imitate. */
export type ProfileName = 'gemini-2.5' | 'gemini-3.1' | 'gemini-3.8' | 'vertex'

/**
 * What realtime input causes while a blocking call is pending, once the grace time is over:
 *
 * - `close`: the session ends, in this share of the tool windows (from 0 to 1)
 * - `cancel`: the call is cancelled `afterMs` milliseconds after the first such input, or after a turn begins
 * - `accept`: nothing; a turn that ends meanwhile is answered after the call
 */
export type InputDuringCall =
  | { readonly action: 'close'; readonly probability: number }
  | { readonly action: 'cancel'; readonly on: 'input' | 'turn'; readonly afterMs: number }
  | { readonly action: 'accept' }

/** The differences between families of models, as data. */
export interface Profile {
  readonly name: ProfileName
  /** A prefix that a number of so many bits follows, or a UUID. */
  readonly callIds: { readonly prefix: string; readonly bits: number } | 'uuid'
  /** Which calls block. `always`: all of them. Otherwise the declaration's `behavior` decides, and this is the default. */
  readonly callsBlock: 'always' | 'by-default' | 'if-declared'
  readonly inputDuringCall: InputDuringCall
  /** Whether a toolCall ends its turn. Otherwise the turn of a blocking call ends after the answer to the call. */
  readonly callEndsTurn: boolean
  /** Whether the model speaks over the user about a response with `INTERRUPT`; otherwise it waits until the user's turn ends. */
  readonly interruptsUser: boolean
  /** Whether a response without an id answers the oldest pending call of its name. */
  readonly responsesByName: boolean
  /** `mimeType` of the audio that the model sends: s16le, mono, 24 kHz. */
  readonly audioMimeType: string
  /** Whether one message carries both audio and its transcript. Otherwise each message has one part. */
  readonly audioWithTranscript: boolean
  /**
   * Whether transcripts come before their audio, begin with an empty message, and end with one that says `finished`. A turn that is
   * only a call has both of these messages, too.
   */
  readonly framedTranscripts: boolean
  /** Whether the first fragment of a transcript ends with a space. Otherwise the second begins with it, as all later ones do. */
  readonly spaceEndsFirstFragment: boolean
  /** Whether what the user said is transcribed in one message. Otherwise in fragments. */
  readonly inputTranscribedWhole: boolean
  /** Whether what the user said is transcribed unasked. Source: the notes of pydantic-ai, and another project's tests with 3.8. */
  readonly inputTranscribedUnasked: boolean
  /** Whether speech and calls begin with an empty `serverContent`. */
  readonly emptyContent: boolean
  /** Whether each message of audio comes behind a message without any field. */
  readonly emptyMessages: boolean
  /** Whether the model's thoughts are sent. Otherwise they are only counted. */
  readonly thoughts: boolean
  /** Whether `modelTurn` says that its role is `model`. */
  readonly role: boolean
  /** Whether setupComplete has a `sessionId`. */
  readonly sessionId: boolean
  /** The name of the answer's tokens in `usageMetadata`. */
  readonly answerTokens: 'response' | 'candidates'
  /** The modalities that list the answer's tokens: those with any, only audio, or all, where audio may have no `tokenCount`. */
  readonly answerModalities: 'counted' | 'audio' | 'all'
  /** The tokens of a picture that the client sends. Source: sessions with a photo of fruit, recorded by the tests of pydantic-ai. */
  readonly pictureTokens: number
  /** What turnComplete carries in addition. */
  readonly turnCompleteExtras: 'none' | 'groundingMetadata'
  /** Whether turnComplete says for models with extended thinking if a call is pending. */
  readonly interactionStatus: boolean
  /**
   * Whether models with extended thinking take the `scheduling` of a response. Otherwise it ends the session with 1007. Source:
   * openclaw#152413, pydantic-ai, and other projects that tried the real server.
   */
  readonly extendedThinkingSchedules: boolean
  /**
   * Whether the model can answer in text if the setup's `responseModalities` ask for it. If not, or with a model for native
   * audio, such a setup ends the session. Source: sessions with gemini-live-2.5-flash-preview recorded by the tests of
   * js-genai, and reports that models which speak refuse it.
   */
  readonly textAnswers: boolean
  /**
   * Whether client content gets no reply while it is history: see `historyConfig` in @google/genai. Source: pipecat declares its
   * first content as history to every model, and relies on a reply of 2.5, but not of 3.x (pipecat-ai/pipecat#4355); for 2.5
   * on Vertex AI it says that the field is not supported (#4179).
   */
  readonly historyInContent: boolean
  /**
   * Whether client content that is not complete interrupts the model. Source: generative_service.proto, and aiden-firmware#644; for 3.8,
   * 24 runs of another project with both of its models, in which it never did.
   */
  readonly openContentInterrupts: boolean
  /** The traits of a setup that end the session with 1007. */
  readonly refusedSetups: readonly SetupTrait[]
  /** The traits and tools that the models don't have, or no longer. What a real server does with them is not known. */
  readonly lacks: readonly string[]
  /** The traits of a setup that make the server fall silent: it sends neither setupComplete nor a close. */
  readonly unansweredSetups: readonly SetupTrait[]
  /** Whether `audioStreamEnd` ends a turn found by activity detection. Otherwise only silence in the audio does. */
  readonly streamEndEndsTurn: boolean
  /**
   * Whether a bracket must begin with audio. Source: two projects that tried models of 3.x, which closed with 1007 "Precondition check
   * failed." at text or video in its place.
   */
  readonly bracketsBeginWithAudio: boolean
  /** The default of the activity detection's sensitivities. */
  readonly defaultSensitivity: 'high' | 'low'
  /** Whether the server tells when speech begins and ends: always, if the setup has `explicitVadSignal`, or never. */
  readonly voiceActivity: 'always' | 'on-request' | 'never'
  /** Whether it tells so beside an empty `serverContent`. */
  readonly voiceActivityWithContent: boolean
  /** Whether the server sends resumption handles without being asked. */
  readonly unrequestedHandles: boolean
  /** Whether `sessionResumption.transparent` is allowed. */
  readonly transparentResumption: boolean
}

export const defaultProfileName: ProfileName = 'gemini-2.5'

// Source: real sessions with gemini-2.5-flash-native-audio over the Gemini API, recorded by the tests of js-genai and
// pydantic-ai. Users of these models report that input ends a session, but disagree on how often.
const gemini25: Profile = {
  name: 'gemini-2.5',
  callIds: { prefix: 'function-call-', bits: 64 },
  callsBlock: 'by-default',
  inputDuringCall: { action: 'close', probability: 1 },
  callEndsTurn: false,
  // Source: Google's page on migrating from 2.5 to 3.8, which says that 3.8 waits.
  interruptsUser: true,
  responsesByName: false,
  audioMimeType: 'audio/pcm;rate=24000',
  audioWithTranscript: false,
  framedTranscripts: false,
  spaceEndsFirstFragment: false,
  inputTranscribedWhole: false,
  inputTranscribedUnasked: false,
  emptyContent: false,
  emptyMessages: false,
  thoughts: true,
  role: false,
  sessionId: false,
  answerTokens: 'response',
  answerModalities: 'counted',
  pictureTokens: 258,
  turnCompleteExtras: 'none',
  interactionStatus: false,
  extendedThinkingSchedules: true,
  textAnswers: true,
  historyInContent: false,
  openContentInterrupts: true,
  // Source: Google's guide to the Live API, which calls it an error, without a code.
  refusedSetups: ['several responseModalities'],
  lacks: [],
  unansweredSetups: [],
  streamEndEndsTurn: true,
  bracketsBeginWithAudio: false,
  defaultSensitivity: 'high',
  voiceActivity: 'never',
  voiceActivityWithContent: false,
  unrequestedHandles: false,
  transparentResumption: false,
}

// Source: sessions with gemini-3.1-flash-live-preview recorded by the tests of pydantic-ai, such as bb02d58:
// tests/realtime/cassettes/test_parity_ws/test_audio_tool_round_parity[google-current].yaml. The cancellation 1.5 s after the
// user begins to speak is from the timeline in livekit/agents#5344.
const gemini31: Profile = {
  ...gemini25,
  name: 'gemini-3.1',
  callIds: { prefix: 'fc_', bits: 63 },
  callsBlock: 'always',
  inputDuringCall: { action: 'cancel', on: 'turn', afterMs: 1500 },
  interruptsUser: false,
  audioWithTranscript: true,
  inputTranscribedWhole: true,
  inputTranscribedUnasked: true,
  answerModalities: 'audio',
  emptyContent: true,
  thoughts: false,
  voiceActivity: 'always',
  voiceActivityWithContent: true,
  textAnswers: false,
  historyInContent: true,
  // Source: a report in Patter#210. For the first, pydantic-ai has 1007 "Request contains an invalid argument.", another project 1011.
  unansweredSetups: ['enableAffectiveDialog', 'proactivity'],
  bracketsBeginWithAudio: true,
  unrequestedHandles: true,
}

const profiles: Readonly<Record<ProfileName, Profile>> = {
  'gemini-2.5': gemini25,
  'gemini-3.1': gemini31,
  // Source: Google's page on migrating from 2.5 to 3.8, and sessions with gemini-3.8-live recorded by the tests of pydantic-ai,
  // such as 8bfb414: tests/realtime/cassettes/test_google_ws/test_audio_in_server_vad_turn[gemini-3.8-live].yaml. They have no
  // calls: those of 3.1 are assumed. Standard models were recorded without `interactionStatus`.
  'gemini-3.8': {
    ...gemini31,
    name: 'gemini-3.8',
    callsBlock: 'if-declared',
    // Google's page has a cancellation at any input. A public test of 41 sessions of September 2026 has none: a turn of the user,
    // but no silence, interrupted the model at once, which then took no notice of the answer, or called again with a new id.
    inputDuringCall: { action: 'cancel', on: 'turn', afterMs: 0 },
    emptyMessages: true,
    spaceEndsFirstFragment: true,
    role: true,
    pictureTokens: 272,
    interactionStatus: true,
    extendedThinkingSchedules: false,
    openContentInterrupts: false,
    voiceActivityWithContent: false,
    // Source: Google's pages on 3.8, which don't name the close code; for thinking, public probes of the real server of September
    // 2026, which agree on 1007 and its reasons, and, for both fields at once, a report in vercel/ai#20787.
    refusedSetups: [
      ...gemini31.refusedSetups,
      'thinkingConfig',
      'extended thinking without thinkingLevel or thinkingBudget',
      'extended thinking with both thinkingLevel and thinkingBudget',
      'extended thinking with thinkingLevel MINIMAL',
      'extended thinking with a BLOCKING function',
      'proactiveAudio: false',
    ],
    // Source: the same pages, which name only functions and Google Search as tools.
    lacks: [
      'enableAffectiveDialog',
      'codeExecution',
      'urlContext',
      'googleMaps',
      'fileSearch',
      'computerUse',
    ],
    unansweredSetups: [],
    // Source: reports in openclaw#152830 and #152844.
    streamEndEndsTurn: false,
  },
  // Source: sessions with gemini-live-2.5-flash and gemini-2.0-flash-live on Vertex AI, recorded as above. Google's page on
  // asynchronous function calling says that calls do not block.
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
    thoughts: false,
    role: true,
    sessionId: true,
    answerTokens: 'candidates',
    answerModalities: 'all',
    turnCompleteExtras: 'groundingMetadata',
    refusedSetups: [],
    transparentResumption: true,
    // Source: the comments on the sensitivities, and on `explicitVadSignal`, in @google/genai.
    defaultSensitivity: 'low',
    voiceActivity: 'on-request',
  },
}

export function knowsProfile(name: string): boolean {
  return name in profiles
}

/** @throws {EmulatorError} `invalid-option` for an unknown name. */
export function profileNamed(name: unknown): Profile {
  const profile = Object.values(profiles).find((candidate) => candidate.name === name)
  if (profile === undefined) {
    const known = Object.keys(profiles).map((candidate) => JSON.stringify(candidate))
    throw invalidOption('profile', name, known.join(' or '))
  }
  return profile
}

/** Whether a call blocks. `behavior` is that of its declaration, undefined without one. */
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
