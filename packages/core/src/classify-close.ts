/** Why a connection ended. Stable: programs can rely on it. `remedy` and docs/errors.md say what to do about each. */
export type CloseCause =
  | 'aborted'
  | 'audio-refused'
  | 'connection-lost'
  | 'credential-refused'
  | 'ended'
  | 'invalid-message'
  | 'location-refused'
  | 'no-answer'
  | 'not-found'
  | 'not-implemented'
  | 'ping-unanswered'
  | 'quota-exceeded'
  | 'server-failed'
  | 'time-over'
  | 'unknown'
  | 'unknown-address'
  | 'unknown-handle'
  | 'unknown-model'

/** What a close means. */
export interface ClassifiedClose {
  readonly cause: CloseCause
  /** Whether connecting again may help: a few attempts, each after a longer wait. */
  readonly retryable: boolean
  /** What to do, for whoever runs the program. Quotes nothing the server sent. */
  readonly remedy: string
}

/**
 * Reasons, recognised by a part of their text, because a close frame has room for only 123 bytes. The first match counts. The code is not
 * consulted: one code has many causes, and proxies change it.
 */
const reasons: readonly (readonly [RegExp, CloseCause])[] = [
  // googleapis/js-genai#1236; also for an empty realtimeInput (AVA)
  [/operation is not implemented/i, 'not-implemented'],
  // livekit/agents-js#2366, autonomous-os#238
  [/operation was aborted/i, 'aborted'],
  // sokuji#179, 50 s after a goAway of 50 s; pipecat#3112, on Vertex after 10 min; `a GoAway`: logs of many projects
  [/deadline.ex|operation was cancelled|a GoAway/i, 'time-over'],
  // Youtube_demos#5; `expired`: logs of projects that kept a handle for hours
  [/session (not found|expired)/i, 'unknown-handle'],
  // livekit/agents#4414, adk-python#3314; on Vertex, with 1007, users' reports
  [/for API version|^publisher model|in the live api/i, 'unknown-model'],
  // deprecated-generative-ai-js#487
  [/requested entity was not found/i, 'not-found'],
  // Keys and their projects: users' reports; tokens: a guess. `response:` is how sockets report an upgrade that was refused, here and
  // below. The bound keeps the time linear.
  [
    /API.key|token.{0,99}expired|unauthenticated|denied|used in project|response: 40[13]\b/i,
    'credential-refused',
  ],
  // gemini-teacher#7
  [/location is not supported/i, 'location-refused'],
  // AVA#496, mastra#17018; the rate: users' reports
  [/CONTENT_TYPE_AUDIO|input audio|sample rate/i, 'audio-refused'],
  // the quota of a tool, or of all; credit and cap: users' reports
  [/RESOURCE_EXHAUSTED|quota|credits|spending cap|response: 429\b/i, 'quota-exceeded'],
  // sip-to-ai#14: pongs of the real server take 8 to 30 s
  [/ping timeout/i, 'ping-unanswered'],
  // a deadline of Livegate's own
  [/^(no setupComplete|no connection|nothing came from the server) .* \d/, 'no-answer'],
  [/response: 5\d\d\b/i, 'server-failed'],
  [/response: 4\d\d\b/i, 'unknown-address'],
]

/** What a code means when the reason is not known (RFC 6455). Nothing follows from 1008 alone. */
const codes: { readonly [code: number]: CloseCause } = {
  1000: 'ended',
  1001: 'connection-lost',
  1005: 'ended',
  1006: 'connection-lost',
  1007: 'invalid-message',
  1011: 'server-failed',
  1012: 'server-failed',
  1013: 'server-failed',
  1014: 'server-failed',
}

const goOn = 'Connect again, with the latest resumption handle if you have one.'

/** Whether connecting again may help, and what to do. */
const causes: { readonly [cause in CloseCause]: readonly [boolean, string] } = {
  aborted: [
    true,
    `The server or a proxy gave up the connection; if that always happens at the same age, look for a limit there. ${goOn}`,
  ],
  'audio-refused': [
    false,
    'Send 16-bit little-endian mono PCM, always as "audio/pcm;rate=16000". What waited would be refused again.',
  ],
  'connection-lost': [true, `The connection broke, or the other end went away. ${goOn}`],
  'credential-refused': [
    false,
    'Check the API key or the token: it is wrong, expired, used up, or of a project without access.',
  ],
  ended: [false, 'Nothing is wrong: the session was ended.'],
  'invalid-message': [
    false,
    'Check the setup and what was sent last (the tail of the report): the server does not accept a field or a value in it. ' +
      'After a long conversation its context may be full: set contextWindowCompression.',
  ],
  'location-refused': [false, 'The API is not available where this connection comes from.'],
  'no-answer': [
    true,
    'The server did not answer in time. If this happens every time, check the model and the setup: ' +
      'some models never answer a setup with a feature they lack.',
  ],
  'not-found': [
    true,
    'The server does not know something it was told about. Answer calls only on the connection they came by, and check the name of ' +
      `the model. ${goOn}`,
  ],
  'not-implemented': [
    true,
    'Input arrived while the server accepts none. Shut the gate while calls are pending, by a policy that holds and a profile whose ' +
      'calls block; sentBeforeWindow in the report counts inputs that may have crossed the call on the wire. An empty realtimeInput ' +
      `and a declaration with "required": [] can end this way too. ${goOn}`,
  ],
  'ping-unanswered': [
    true,
    `The server can take 30 s to answer a ping: make the ping timeout longer, or send no pings. ${goOn}`,
  ],
  'quota-exceeded': [
    true,
    'A quota or the credit is used up. Wait before connecting again, longer each time.',
  ],
  'server-failed': [
    true,
    'The server failed. Wait before connecting again, longer each time. If a resumption fails this way, close the previous ' +
      'connection first.',
  ],
  'time-over': [
    true,
    `The connection reached its time limit. ${goOn} To do so in time, act on a goAway before its timeLeft is up.`,
  ],
  unknown: [false, 'This close is not known: look at its code and reason.'],
  'unknown-address': [
    false,
    'Check the address and the API version in it: this connection is not accepted there.',
  ],
  'unknown-handle': [true, 'The resumption handle is unknown or expired. Connect again without one.'],
  'unknown-model': [false, 'Check the name of the model, and whether this API version serves it live.'],
}

/**
 * Explains a close: its cause, whether connecting again may help, and what to do. The reason decides before the code, because one code
 * has many causes: 1008 stands for input during a call, for an unknown model, and for a connection that was given up.
 *
 * The reasons are known from users' reports, not from the server's documentation, and may change.
 *
 * @param close the report of a `session-closed` event, or the argument of `onclose`. With neither code nor reason, this side closed.
 *
 * @example
 * ```ts
 * import { classifyClose } from '@livegate/core/close'
 *
 * classifyClose({ code: 1008, reason: 'The operation was aborted.' }).cause // 'aborted'
 * ```
 */
export function classifyClose({
  code,
  reason = '',
}: {
  readonly code?: number | undefined
  readonly reason?: string | undefined
}): ClassifiedClose {
  const [, known] = reasons.find(([pattern]) => pattern.test(reason)) ?? []
  // Without a code there was no close frame. The reason is then that of a deadline or a socket's error; without one, this side closed.
  const cause =
    known ?? (code === undefined ? (reason ? 'connection-lost' : 'ended') : (codes[code] ?? 'unknown'))
  const [retryable, remedy] = causes[cause]
  return { cause, retryable, remedy }
}
