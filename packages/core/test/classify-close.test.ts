import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CloseCause, classifyClose } from '../src/close.ts'
import { LiveSession } from '../src/session.ts'
import { ManualClock } from './manual-clock.ts'

/** The longest reason that fits into a close frame. */
const cut = (reason: string): string => reason.slice(0, 123)

const withoutModel =
  'models/gemini-9-live is not found for API version v1beta, or is not supported for bidiGenerateContent. Call ListModels to see'

const withoutReaction =
  'Connection aborted because the client failed to close the connection after receiving a GoAway signal once the session duration'

describe('classifyClose', () => {
  it.each<[number | undefined, string | undefined, CloseCause, boolean]>([
    // One code, many causes.
    [1008, 'Operation is not implemented, or supported, or enabled.', 'not-implemented', true],
    [1008, 'The operation was aborted.', 'aborted', true],
    [1008, 'Requested entity was not found.', 'not-found', true],
    [1008, 'BidiGenerateContent session not found', 'unknown-handle', true],
    [1008, 'BidiGenerateContent session expired', 'unknown-handle', true],
    [1008, cut(withoutReaction), 'time-over', true],
    [1008, 'Your project has been denied access. Please contact support.', 'credential-refused', false],
    [1008, "Permission 'aiplatform.endpoints.predict' denied on resource", 'credential-refused', false],
    [
      1008,
      'Generative Language API has not been used in project 7 before or it is disabled.',
      'credential-refused',
      false,
    ],
    [1008, cut(withoutModel), 'unknown-model', false],
    [
      1008,
      'Publisher Model `projects/p/locations/l/publishers/google/models/m` was not',
      'unknown-model',
      false,
    ],
    [1008, 'Policy violation', 'unknown', false],
    [1007, 'gemini-2.5-flash is not supported in the live api.', 'unknown-model', false],
    [1007, 'Request contains an invalid argument.', 'invalid-message', false],
    [1007, 'Function response scheduling is not supported for this model.', 'invalid-message', false],
    [1007, 'Thinking level must be specified for this model.', 'invalid-message', false],
    [
      1007,
      'realtime_input.media_chunks is deprecated. Use audio, video, or text instead.',
      'invalid-message',
      false,
    ],
    [1007, 'API key expired. Please renew the API key.', 'credential-refused', false],
    [1007, 'API key not valid. Please pass a valid API key.', 'credential-refused', false],
    [1007, 'API_KEY_INVALID', 'credential-refused', false],
    [1008, 'The ephemeral token has expired.', 'credential-refused', false],
    [1008, 'UNAUTHENTICATED', 'credential-refused', false],
    [1007, 'User location is not supported for the API use.', 'location-refused', false],
    [1007, 'Cannot extract voices from a non-audio request.', 'invalid-message', false],
    [
      1007,
      'The audio content type (CONTENT_TYPE_AUDIO) is not supported for this model configuration.',
      'audio-refused',
      false,
    ],
    [
      1007,
      'error when processing input audio, please check if the inputaudio is in valid format: 16khz s16le pcm, mono channel.',
      'audio-refused',
      false,
    ],
    [
      1007,
      'Sample rate changed from previously 24000 to 16000, which is not supported.',
      'audio-refused',
      false,
    ],
    [1011, 'Internal error occurred.', 'server-failed', true],
    [1011, 'The service is currently unavailable.', 'server-failed', true],
    [1011, 'Deadline expired before operation could complete.', 'time-over', true],
    [1011, 'RPC::DEADLINE_EXCEEDED', 'time-over', true],
    [1011, 'RESOURCE_EXHAUSTED: Maximum google search tool usage exceeded.', 'quota-exceeded', true],
    [
      1011,
      'You exceeded your current quota, please check your plan and billing details.',
      'quota-exceeded',
      true,
    ],
    [1011, 'Your prepayment credits are depleted. Please go to AI Studio', 'quota-exceeded', true],
    [1011, 'Your project has exceeded its monthly spending cap.', 'quota-exceeded', true],
    [1011, 'keepalive ping timeout', 'ping-unanswered', true],
    [1000, 'The operation was cancelled.', 'time-over', true],
    [1000, '', 'ended', false],
    [1000, undefined, 'ended', false],
    [1005, '', 'ended', false],
    [1001, '', 'connection-lost', true],
    [1006, '', 'connection-lost', true],
    [1012, 'Service restart', 'server-failed', true],
    [1013, 'Try again later', 'server-failed', true],
    [1014, '', 'server-failed', true],
    // How a proxy changes a close.
    [4000, 'The operation was aborted.', 'aborted', true],
    [4000, 'mine', 'unknown', false],
    // How sockets report a refused upgrade, or a broken connection.
    [1006, 'Unexpected server response: 401', 'credential-refused', false],
    [1006, 'Unexpected server response: 403', 'credential-refused', false],
    [1006, 'Unexpected server response: 404', 'unknown-address', false],
    [1006, 'Unexpected server response: 426', 'unknown-address', false],
    [1006, 'Unexpected server response: 429', 'quota-exceeded', true],
    [1006, 'Unexpected server response: 503', 'server-failed', true],
    [1006, 'connect ECONNREFUSED 127.0.0.1:443', 'connection-lost', true],
    [undefined, 'the socket failed', 'connection-lost', true],
    // Closed by this side.
    [undefined, undefined, 'ended', false],
    [undefined, '', 'ended', false],
    [undefined, 'no connection within 10 s', 'no-answer', true],
    [1006, 'nothing came from the server for 120 s', 'no-answer', true],
    // No deadline, although it has the words of one.
    [undefined, 'socket error: no connection to 127.0.0.1', 'connection-lost', true],
  ])('takes %s "%s" for %s, retryable: %s', (code, reason, cause, retryable) => {
    expect(classifyClose({ code, reason })).toEqual({
      cause,
      retryable,
      remedy: expect.stringMatching(/^[A-Z].*\.$/),
    })
  })

  it('takes the report of a session as it is', () => {
    const clock = new ManualClock()
    const session = new LiveSession({ clock, setup: { model: 'models/gemini-2.5-flash-native-audio' } })
    const causes: CloseCause[] = []
    session.on('session-closed', ({ report }) => causes.push(classifyClose(report).cause))
    session.connect({ send() {}, close() {} }).opened()
    clock.advance(30_000)
    expect(causes).toEqual(['no-answer'])
  })

  it('takes no time without bound for a long reason', () => {
    expect(classifyClose({ reason: 'token'.repeat(100_000) }).cause).toBe('connection-lost')
  })

  it('has an answer to every close', () => {
    const code = fc.option(fc.oneof(fc.integer(), fc.double()), { nil: undefined })
    const reason = fc.option(fc.string({ unit: 'binary' }), { nil: undefined })
    fc.assert(
      fc.property(code, reason, (code, reason) => {
        expect(classifyClose({ code, reason })).toEqual({
          cause: expect.any(String),
          retryable: expect.any(Boolean),
          remedy: expect.any(String),
        })
      }),
    )
  })
})
