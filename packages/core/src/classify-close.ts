/** Why a connection ended; stable, for programs to compare. */
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

/** What a close comes to. */
export interface ClassifiedClose {
  readonly cause: CloseCause
  /** Whether another connection may do better; by a bounded number of attempts, each after a longer wait. */
  readonly retryable: boolean
  /** What to do, for whoever runs the program; without words of the server. */
  readonly remedy: string
}

/**
 * What the server says, by the beginning of it or a part, because a close frame has room for 123 bytes. The first that fits counts.
 * The code is not asked: one code stands for many causes, and proxies change it.
 */
const reasons: readonly (readonly [RegExp, CloseCause])[] = [
  // googleapis/js-genai#1236; also for an empty realtimeInput (AVA)
  [/operation is not implemented/i, 'not-implemented'],
  // livekit/agents-js#2366, autonomous-os#238
  [/operation was aborted/i, 'aborted'],
  // sokuji#179, 50 s after a goAway of 50 s; pipecat#3112, on Vertex after 10 min
  [/deadline expired|DEADLINE_EXCEEDED|operation was cancelled/i, 'time-over'],
  // Youtube_demos#5
  [/session not found/i, 'unknown-handle'],
  // livekit/agents#4414, adk-python#3314
  [/is not found for API version|^publisher model/i, 'unknown-model'],
  // deprecated-generative-ai-js#487
  [/requested entity was not found/i, 'not-found'],
  // Users' reports of keys, a guess of tokens; `response:` is what a socket says of an upgrade that was refused, here and below.
  [/API.key|token.*expired|unauthenticated|response: 40[13]\b/i, 'credential-refused'],
  // gemini-teacher#7
  [/location is not supported/i, 'location-refused'],
  // AVA#496, mastra#17018
  [/CONTENT_TYPE_AUDIO|processing input audio|non-audio request/i, 'audio-refused'],
  // the quota of a tool, or of all
  [/RESOURCE_EXHAUSTED|quota|response: 429\b/i, 'quota-exceeded'],
  // sip-to-ai#14: pongs of the real server take 8 to 30 s
  [/ping timeout/i, 'ping-unanswered'],
  // a deadline of Livegate's own
  [/^(no setupComplete|no connection|nothing came from the server) .* \d/, 'no-answer'],
  [/response: 5\d\d\b/i, 'server-failed'],
  [/response: 4\d\d\b/i, 'unknown-address'],
]

/** What a code says where the reason says nothing known (RFC 6455). Nothing follows from 1008 alone. */
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

const goOn = 'Connect again, with the latest resumption handle if there is one.'

/** Whether another connection may do better, and what to do. */
const causes: { readonly [cause in CloseCause]: readonly [boolean, string] } = {
  aborted: [
    true,
    `The server gave the connection up, or a proxy did: where it comes at the same age each time, look for its limit. ${goOn}`,
  ],
  'audio-refused': [
    false,
    'Send 16-bit little-endian mono PCM as "audio/pcm;rate=16000". What waited to be sent would be refused again.',
  ],
  'connection-lost': [true, `The connection broke; nobody closed it. ${goOn}`],
  'credential-refused': [false, 'Look at the API key or the token: it is wrong, has expired, or is used up.'],
  ended: [false, 'Nothing is wrong: the session was ended.'],
  'invalid-message': [
    false,
    'Look at the setup and at what was sent last (the tail of the report): the server does not take a field or a value of it. ' +
      'After a long conversation its context may be full: set contextWindowCompression.',
  ],
  'location-refused': [false, 'The API does not serve the place from which the connection comes.'],
  'no-answer': [
    true,
    'The server said nothing in time. If that is so each time, look at the model and the setup: ' +
      'a setup with a feature that the model does not have can go without any answer.',
  ],
  'not-found': [
    true,
    'The server does not know what it was told of. Answer calls by the connection that they came by, and look at the name of the ' +
      `model. ${goOn}`,
  ],
  'not-implemented': [
    true,
    'Input came when the server takes none: shut the gate while calls are pending (a policy that holds, a profile whose calls ' +
      'block); sentBeforeWindow in the report counts what may have met the call on its way. An empty realtimeInput and a ' +
      `declaration with "required": [] were seen to end so too. ${goOn}`,
  ],
  'ping-unanswered': [
    true,
    `The server can take 30 s to answer a ping: let whoever pings wait for longer, or send none. ${goOn}`,
  ],
  'quota-exceeded': [true, 'A quota is used up. Wait before you connect again, longer each time.'],
  'server-failed': [
    true,
    'The server failed. Wait before you connect again, longer each time. If it ends a resumption so, the connection before may still ' +
      'be open: close that first.',
  ],
  'time-over': [
    true,
    `The connection had its time. ${goOn} To be in time, do so when a goAway comes, before its timeLeft is over.`,
  ],
  unknown: [false, 'This is no close that is known: look at its code and its reason.'],
  'unknown-address': [
    false,
    'Look at the address, and at the version of the API in it: what answers there takes no such connection.',
  ],
  'unknown-handle': [
    true,
    'The server does not know the resumption handle, or not any more. Connect again without one.',
  ],
  'unknown-model': [
    false,
    'Look at the name of the model, and whether this version of the API serves it live.',
  ],
}

/**
 * Says what a close means: why, whether another connection may do better, and what to do. The reason decides, then the code, for one
 * code stands for many causes: 1008 for input during a call, an unknown model, a lost connection.
 *
 * What is known of reasons comes from users' reports, not from the server's documentation; what it says may change.
 *
 * @param close the report of a `session-closed`, or what `onclose` is told. Without a code and a reason it was closed from here.
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
  const [, told] = reasons.find(([pattern]) => pattern.test(reason)) ?? []
  // Without a code there was no close frame: a deadline or an error of the socket says why, and who closes from here says nothing.
  const cause =
    told ?? (code === undefined ? (reason ? 'connection-lost' : 'ended') : (codes[code] ?? 'unknown'))
  const [retryable, remedy] = causes[cause]
  return { cause, retryable, remedy }
}
