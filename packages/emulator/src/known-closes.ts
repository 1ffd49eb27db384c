interface Close {
  readonly code: number
  readonly reason: string
}

/**
 * Closes that users of the real server have seen, named after their gRPC status where it is known.
 * Source: public bug reports and the issue trackers of frameworks. The real server cuts reasons at 123 bytes too.
 */
export const knownCloses: {
  readonly cancelled: Close
  readonly 'invalid-argument': Close
  readonly 'media-chunks-deprecated': Close
  readonly 'audio-not-supported': Close
  readonly 'sample-rate-changed': Close
  readonly 'key-expired': Close
  readonly 'location-not-supported': Close
  readonly unimplemented: Close
  readonly 'not-found': Close
  readonly 'session-not-found': Close
  readonly 'session-expired': Close
  readonly 'access-denied': Close
  readonly aborted: Close
  readonly 'go-away-ignored': Close
  readonly internal: Close
  readonly unavailable: Close
  readonly 'deadline-exceeded': Close
  readonly 'resource-exhausted': Close
  readonly 'credits-depleted': Close
} = {
  cancelled: { code: 1000, reason: 'The operation was cancelled.' },
  'invalid-argument': { code: 1007, reason: 'Request contains an invalid argument.' },
  'media-chunks-deprecated': {
    code: 1007,
    reason: 'realtime_input.media_chunks is deprecated. Use audio, video, or text instead.',
  },
  'audio-not-supported': {
    code: 1007,
    reason: 'The audio content type (CONTENT_TYPE_AUDIO) is not supported for this model configuration.',
  },
  'sample-rate-changed': {
    code: 1007,
    reason: 'Sample rate changed from previously 24000 to 16000, which is not supported.',
  },
  'key-expired': { code: 1007, reason: 'API key expired. Please renew the API key.' },
  'location-not-supported': { code: 1007, reason: 'User location is not supported for the API use.' },
  unimplemented: { code: 1008, reason: 'Operation is not implemented, or supported, or enabled.' },
  'not-found': { code: 1008, reason: 'Requested entity was not found.' },
  'session-not-found': { code: 1008, reason: 'BidiGenerateContent session not found' },
  'session-expired': { code: 1008, reason: 'BidiGenerateContent session expired' },
  'access-denied': { code: 1008, reason: 'Your project has been denied access. Please contact support.' },
  aborted: { code: 1008, reason: 'The operation was aborted.' },
  'go-away-ignored': {
    code: 1008,
    reason:
      'Connection aborted because the client failed to close the connection after receiving a GoAway signal once the session durat',
  },
  internal: { code: 1011, reason: 'Internal error occurred.' },
  unavailable: { code: 1011, reason: 'The service is currently unavailable.' },
  'deadline-exceeded': { code: 1011, reason: 'Deadline expired before operation could complete.' },
  'resource-exhausted': {
    code: 1011,
    reason: 'RESOURCE_EXHAUSTED: Maximum google search tool usage exceeded.',
  },
  'credits-depleted': {
    code: 1011,
    reason:
      'Your prepayment credits are depleted. Please go to AI Studio at https://ai.studio/projects to manage your project and bill',
  },
}

/** The closes that users of the real server have seen, for `{ fault: 'close', like }`. */
export type KnownClose = keyof typeof knownCloses
