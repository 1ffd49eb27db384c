/** What the server tells a client whose session it ends. Source: closes of the real server, quoted in public bug reports. */
export const closeReasons: {
  readonly invalidArgument: string
  readonly explicitActivity: string
  readonly unreadableAudio: string
  readonly deadlineExpired: string
  readonly notImplemented: string
  readonly notFound: string
  readonly internalError: string
  readonly sessionNotFound: string
  readonly textNotSupported: string
} = {
  invalidArgument: 'Request contains an invalid argument.',
  explicitActivity:
    'Explicit activity control is not supported when automatic activity detection is enabled.',
  unreadableAudio:
    'error when processing input audio, please check if the inputaudio is in valid format: 16khz s16le pcm, mono channel.',
  deadlineExpired: 'Deadline expired before operation could complete.',
  notImplemented: 'Operation is not implemented, or supported, or enabled.',
  notFound: 'Requested entity was not found.',
  sessionNotFound: 'BidiGenerateContent session not found',
  internalError: 'Internal error occurred.',
  textNotSupported: 'The requested combination of response modalities (TEXT) is not supported by the model',
}
