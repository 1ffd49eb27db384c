import { invalidOption } from './emulator-error.ts'

/** The families of models that the emulator can stand in for. */
export type ProfileName = 'gemini-2.5'

/** What differs between families of models, as data. */
export interface Profile {
  readonly name: ProfileName
  /** What stands before the digits in the id of a function call. */
  readonly functionCallIdPrefix: string
  /** `mimeType` of the audio that the model sends: s16le, mono, 24 kHz. */
  readonly audioMimeType: string
  /** How the session ends when realtime input arrives during a blocking call, once the grace time is over. */
  readonly inputDuringBlockingCall: { readonly code: number; readonly reason: string }
}

export const defaultProfileName: ProfileName = 'gemini-2.5'

const profiles: Readonly<Record<ProfileName, Profile>> = {
  // Source: real sessions with gemini-2.5-flash-native-audio over the Gemini API, recorded by the tests of js-genai and
  // pydantic-ai. The close is the one that users of these models report for audio sent during a tool call.
  'gemini-2.5': {
    name: 'gemini-2.5',
    functionCallIdPrefix: 'function-call-',
    audioMimeType: 'audio/pcm;rate=24000',
    inputDuringBlockingCall: {
      code: 1008,
      reason: 'Operation is not implemented, or supported, or enabled.',
    },
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

/** Ids grow over all sessions of an emulator, so that a call of an earlier connection is never taken for a new one. */
export function callIdsOf({ functionCallIdPrefix }: Profile): () => string {
  let last = 0
  return () => {
    last++
    return `${functionCallIdPrefix}${last}`
  }
}
