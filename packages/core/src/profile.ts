/** A declaration's `behavior` (generative_service.proto); anything else says nothing. */
export type CallBehavior = 'BLOCKING' | 'NON_BLOCKING'

/** What servers of a family of models do with tool calls, as far as it is known. */
export interface Profile {
  readonly name: string
  /** When a call blocks: `always`, `by-default` (unless declared `NON_BLOCKING`) or `if-declared` (`BLOCKING`). */
  readonly callsBlock: 'always' | 'by-default' | 'if-declared'
  /** Where that is known from. */
  readonly source: string
}

/** The families that are known, each with a pattern for platform and model; the first that fits counts. */
const profiles: readonly (readonly [RegExp, Profile])[] = [
  [
    /^\S+ .*gemini-(live-)?2\.5/,
    {
      name: 'gemini-2.5',
      callsBlock: 'by-default',
      source: 'js-genai issue 1236; on Vertex: livekit/agents-js pull request 1130',
    },
  ],
  [
    /^\S+ .*gemini-(live-)?3\.1/,
    {
      name: 'gemini-3.1',
      callsBlock: 'always',
      source: 'livekit/agents issues 5344 and 5556',
    },
  ],
  [
    /^\S+ .*gemini-(live-)?3\.8/,
    {
      name: 'gemini-3.8',
      callsBlock: 'if-declared',
      source: 'Google Cloud docs on the migration from 2.5 to Gemini 3.8 Live',
    },
  ],
  [
    /^vertex /,
    {
      name: 'vertex',
      callsBlock: 'if-declared',
      source: 'Google Cloud docs on asynchronous function calling',
    },
  ],
]

const unknownProfile: Profile = {
  name: 'unknown',
  callsBlock: 'by-default',
  source: 'none',
}

/**
 * The profile of a model, by its name in any of the forms that the APIs take. A model that is not known counts as one whose
 * calls block by default (G10).
 *
 * @param platform which API serves it. Default: the Gemini API.
 */
export function profileFor(model: string, platform: 'gemini-api' | 'vertex' = 'gemini-api'): Profile {
  return profiles.find(([fits]) => fits.test(`${platform} ${model}`))?.[1] ?? unknownProfile
}

/** Whether a call blocks, by what its declaration says and then by its profile (G10). */
export function callBlocks(profile: Profile, behavior: CallBehavior | undefined): boolean {
  if (profile.callsBlock === 'always') return true
  return behavior ? behavior === 'BLOCKING' : profile.callsBlock === 'by-default'
}
