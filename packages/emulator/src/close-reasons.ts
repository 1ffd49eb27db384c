import type { SetupTrait } from './client-message.ts'

/** The server's reasons for ending a session with 1007. Source: public bug reports. */
export const closeReasons: {
  readonly invalidArgument: string
  readonly explicitActivity: string
  readonly unreadableAudio: string
  readonly textNotSupported: string
  readonly voiceWithoutAudio: string
  readonly schedulingNotSupported: string
} = {
  invalidArgument: 'Request contains an invalid argument.',
  explicitActivity:
    'Explicit activity control is not supported when automatic activity detection is enabled.',
  unreadableAudio:
    'error when processing input audio, please check if the inputaudio is in valid format: 16khz s16le pcm, mono channel.',
  textNotSupported: 'The requested combination of response modalities (TEXT) is not supported by the model',
  voiceWithoutAudio: 'Cannot extract voices from a non-audio request.',
  schedulingNotSupported: 'Function response scheduling is not supported for this model.',
}

/** The reasons for refusing what a setup has, where they are known. Source: public probes of models of 3.8. */
export const reasonsOfTraits: { readonly [trait in SetupTrait]?: string } = {
  thinkingConfig: 'Thinking level is not supported for this model.',
  'extended thinking without thinkingLevel or thinkingBudget':
    'Thinking level must be specified for this model.',
  'extended thinking with thinkingLevel MINIMAL': 'Thinking level MINIMAL is not supported for this model.',
  'extended thinking with a BLOCKING function': 'BLOCKING function calls are not supported for this model.',
}
