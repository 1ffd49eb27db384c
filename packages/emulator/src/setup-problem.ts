import type { Setup } from './client-message.ts'
import { closeReasons, reasonsOfTraits } from './close-reasons.ts'
import { knowsProfile, type Profile } from './profile.ts'

/** What is wrong with a setup, and the reason for which the server closes the session with 1007. */
export interface SetupProblem {
  readonly problem: string
  readonly closeReason: string
}

/** Lists what real servers may refuse in a setup that the models of a profile accept here. */
export function doubtsAboutSetup(
  { model, functions, traits, tools, extendedThinking }: Setup,
  { name, lacks }: Profile,
): readonly string[] {
  const family = /\b\d\.\d\b/.exec(model)?.[0]
  const isOfAnother = family !== undefined && name !== `gemini-${family}` && knowsProfile(`gemini-${family}`)
  const knowsJsonSchema = name !== 'gemini-2.5' && name !== 'vertex' && !extendedThinking
  return [
    ...(isOfAnother && name !== 'vertex'
      ? [`the setup asks for ${model}, but the profile is ${name}: its messages and rules differ`]
      : []),
    ...[...traits, ...tools]
      .filter((feature) => lacks.includes(feature))
      .map(
        (feature) =>
          `${feature} in a setup of ${name}, which its models do not have by Google's pages: real servers may refuse it`,
      ),
    // Source: the documentation of hkjarral/AVA-AI-Voice-Agent-for-Asterisk.
    ...functions
      .filter(({ requiresNothing }) => requiresNothing)
      .map(
        (declared) =>
          `the parameters of ${declared.name} have an empty list "required", for which real servers were seen to close with 1008`,
      ),
    // Source: googleapis/python-genai#1147 and livekit/agents#5450; for extended thinking, one report (aiden-firmware#708).
    ...functions
      .filter(({ inJsonSchema }) => inJsonSchema && !knowsJsonSchema)
      .map(
        (declared) =>
          `the parameters of ${declared.name} are in parametersJsonSchema, which such models were seen to ignore: their calls had no arguments; declare parameters`,
      ),
  ]
}

/** Describes why the models of a profile refuse a setup; undefined if they accept it. */
export function problemOfSetup(setup: Setup, profile: Profile): SetupProblem | undefined {
  if (setup.answersInText && (setup.nativeAudio || !profile.textAnswers)) {
    const model = setup.nativeAudio ? 'a model for native audio' : profile.name
    return { problem: `text answers of ${model}`, closeReason: closeReasons.textNotSupported }
  }
  // Source: the reason was seen in a public bug report; that a voice in such a setup causes it is a guess.
  if (setup.answersInText && setup.choosesVoice) {
    const problem = 'voiceConfig in a setup that asks for text answers'
    return { problem, closeReason: closeReasons.voiceWithoutAudio }
  }
  const closeReason = closeReasons.invalidArgument
  const refused = setup.traits.find((trait) => profile.refusedSetups.includes(trait))
  if (refused !== undefined) {
    const problem = `${refused} in a setup of ${profile.name}`
    return { problem, closeReason: reasonsOfTraits[refused] ?? closeReason }
  }
  if (setup.resumption?.transparent && !profile.transparentResumption)
    return { problem: `transparent session resumption on ${profile.name}`, closeReason }
  return undefined
}
