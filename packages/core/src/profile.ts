import { checkWord } from './check-option.ts'
import { mustBe } from './livegate-error.ts'

/** The `behavior` of a declaration (generative_service.proto); any other value is ignored. */
export type CallBehavior = 'BLOCKING' | 'NON_BLOCKING'

/** What is known about how the servers of a family of models treat tool calls. */
export interface Profile {
  readonly name: string
  /** When a call blocks: `always`, `by-default` (unless declared `NON_BLOCKING`) or `if-declared` (`BLOCKING`). */
  readonly callsBlock: 'always' | 'by-default' | 'if-declared'
}

/** The known families, by a part of their models' names. The platform comes last: it decides for models that match no family. */
const profiles: readonly Profile[] = [
  // googleapis/js-genai#1236; on Vertex livekit/agents-js#1130
  { name: 'gemini-2.5', callsBlock: 'by-default' },
  // livekit/agents#5344, livekit/agents#5556
  { name: 'gemini-3.1', callsBlock: 'always' },
  // Google Cloud docs: migrate to 3.8; a public test of September 2026 found undeclared calls not to block, declared ones to
  { name: 'gemini-3.8', callsBlock: 'if-declared' },
  // Google Cloud docs: asynchronous function calls
  { name: 'vertex', callsBlock: 'if-declared' },
]

const unknownProfile: Profile = { name: 'unknown', callsBlock: 'by-default' }

/**
 * The profile of a model, by its name in any form that the APIs take. The calls of an unknown model count as blocking by default (G10).
 *
 * @param platform which API serves it. Default: what the name implies, Vertex for `projects/…` and `publishers/…`.
 * @throws {LivegateError} `invalid-options`, if it is not a text.
 */
export function profileFor(
  model: string,
  platform: 'gemini-api' | 'vertex' = /^(projects|publishers)\//.test(model) ? 'vertex' : 'gemini-api',
): Profile {
  mustBe(typeof model === 'string', 'model', 'the name of a model', model)
  // Some names of 2.5 have `live` before the number.
  const known = model.replace('gemini-live-', 'gemini-')
  return profiles.find(({ name }) => name === platform || known.includes(name)) ?? unknownProfile
}

/** Whether a call blocks: its declaration decides, then the profile (G10). */
export function callBlocks(profile: Profile, behavior: CallBehavior | undefined): boolean {
  if (profile.callsBlock === 'always' || behavior === 'BLOCKING') return true
  return profile.callsBlock !== 'if-declared' && behavior !== 'NON_BLOCKING'
}

/** @throws {LivegateError} `invalid-options`, naming the field. */
export function checkProfile(profile: Profile): void {
  checkWord('profile.callsBlock', profile?.callsBlock, ['always', 'by-default', 'if-declared'])
}
