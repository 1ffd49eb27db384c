import { type Clock, platformClock } from './clock.ts'
import type { Complete } from './complete.ts'
import type { EmulatedSession } from './emulated-session.ts'
import { invalidOption, refuseOtherFields } from './emulator-error.ts'
import {
  defaultProfileName,
  type InputDuringCall,
  type Profile,
  type ProfileName,
  profileNamed,
} from './profile.ts'
import { asFields, checkScript, type Reply, type Script, weatherScript } from './script.ts'
import type { LogEntry } from './session-log.ts'
import { checkTls, type TlsCredentials } from './tls.ts'

/** Ways in which some servers treat calls differently. */
export interface CallOptions {
  /** `twice`: the server repeats each call as a part of the model's turn. Default `once`. */
  readonly delivery?: 'once' | 'twice' | undefined
  /** `omitted`: calls have no id, and the server matches responses by name. Default `sent`. */
  readonly ids?: 'sent' | 'omitted' | undefined
  /** What a response to an unknown call causes: nothing (default), a close with 1008, or a close with 1011. */
  readonly unknownId?: 'ignored' | 'not-found' | 'internal-error' | undefined
  /** What follows the answer to a call: the model speaks (default), or it never speaks or calls again. */
  readonly answered?: 'spoken' | 'ignored' | undefined
  /**
   * Whether turnComplete follows a blocking call at once, or only after the answer to the call. Default: the profile's.
   * The evidence for 2.5 is contradictory: recorded sessions leave the turn open, but ADK expects its end and runs no tool
   * before. Source: the recordings behind the profile, and GeminiLlmConnection in google/adk-python.
   */
  readonly endTurn?: boolean | undefined
}

/** A limit on how long a connection lives, whatever the client does. */
export interface ConnectionLimit {
  /** Milliseconds from the connection to its end. */
  readonly afterMs: number
  /** Milliseconds before the end at which a goAway announces it. Default 50 000; 0: no goAway. */
  readonly goAwayMs?: number | undefined
  /** `close` (default): a close with 1008, which says that the goAway was ignored, or 1011 without one; `drop`: no close frame. */
  readonly end?: 'close' | 'drop' | undefined
}

/** Options of `startEmulator`. All are optional. */
export interface EmulatorOptions {
  /** The family of models to emulate. Default `gemini-2.5`. */
  readonly profile?: ProfileName | undefined
  /** What realtime input causes while a blocking call is pending. Default: the profile's. */
  readonly inputDuringCall?: InputDuringCall | undefined
  readonly calls?: CallOptions | undefined
  /** Milliseconds of audio in each message of the server. Default 100; real servers sent up to a second and more. */
  readonly audioMessageMs?: number | undefined
  /**
   * The seed of the random numbers, from which ids of calls and handles come too. The same seed, script and inputs give the same
   * frames. A handle or a late answer from an earlier emulator with the same seed may match one of this emulator. Default 0.
   */
  readonly seed?: number | undefined
  /** Default 0: any free port. */
  readonly port?: number | undefined
  /** The address to listen on. Default `127.0.0.1`, which only this machine can reach. */
  readonly host?: string | undefined
  /**
   * Whether to use TLS: `true` with a certificate generated for `localhost`, `127.0.0.1`, `::1` and `host`, or with the given
   * key and certificate. Default false. The SDK for Python connects only with TLS.
   */
  readonly tls?: boolean | TlsCredentials | undefined
  /**
   * Milliseconds after a blocking toolCall during which realtime input is tolerated, because it may have been in flight. With
   * the fault `latency` they count from when the toolCall leaves; a toolCall that never leaves, as with the fault `silence`,
   * forbids no input. Default 50; 0 tolerates none.
   */
  readonly graceMs?: number | undefined
  /**
   * Whether a field that the protocol doesn't know ends the session with 1007, as on the real server by all reports. Default
   * false: the emulator ignores it, with a warning in the log, so that clients newer than the emulator work. A message without
   * any known field always ends the session.
   */
  readonly strict?: boolean | undefined
  /** Milliseconds that a connection has to send its setup before it is closed with 1011. Default 10 000. */
  readonly setupTimeoutMs?: number | undefined
  /** How long a connection lives. Default: no limit. The real limit is about ten minutes. */
  readonly connectionLimit?: ConnectionLimit | undefined
  /** Milliseconds after its session's end during which a resumption handle is valid. Default: two hours. */
  readonly handleLifetimeMs?: number | undefined
  /**
   * Whether requests to `/control/` on the same port can inject faults and read the records of sessions: see the README.
   * Default false, because any program on this machine could use it. Requests of pages in a browser are refused.
   */
  readonly control?: boolean | undefined
  /**
   * Milliseconds that `GET /tools/NAME` on the same port takes. A client's handler can request it if it has no tool of its own:
   * see the README. Default 0.
   */
  readonly toolMs?: number | undefined
  /** Whether the server sends its JSON in binary frames (default), as the real server does, or in text frames. */
  readonly frames?: 'binary' | 'text' | undefined
  /**
   * The replies of each session: a turn gets the first one that fits it and is unused, otherwise the last one that fits. Default: a
   * weather assistant.
   */
  readonly script?: readonly Reply[] | undefined
  /**
   * Called with each entry of a session's log when it is made. For a message of the client, `frame` is the text as received,
   * including the media that the log leaves out. It must not throw.
   */
  readonly onEntry?: ((entry: LogEntry, session: EmulatedSession, frame?: string) => void) | undefined
  /** Default: the platform's clock, which follows a test's fake timers: see the README. */
  readonly clock?: Clock | undefined
}

/** The checked options, with defaults filled in. */
export interface ResolvedOptions {
  readonly profile: Profile
  readonly inputDuringCall: InputDuringCall
  readonly calls: Complete<CallOptions>
  readonly audioMessageMs: number
  readonly seed: number
  readonly port: number
  readonly host: string
  readonly tls: boolean | TlsCredentials
  readonly graceMs: number
  readonly strict: boolean
  readonly setupTimeoutMs: number
  readonly connectionLimit: Complete<ConnectionLimit> | undefined
  readonly handleLifetimeMs: number
  readonly control: boolean
  readonly toolMs: number
  readonly frames: 'binary' | 'text'
  readonly script: Script
  readonly onEntry: (entry: LogEntry, session: EmulatedSession, frame?: string) => void
  readonly clock: Clock
}

const highestPort = 65_535
const longestTimerMs = 2 ** 31 - 1

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {EmulatorError} `invalid-option`, which names the option and shows its value.
 */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
  asFields('options', options)
  const { profile, port = 0, host = '127.0.0.1', graceMs = 50, script, clock = platformClock } = options
  const { audioMessageMs = 100, seed = 0, inputDuringCall } = options
  const { connectionLimit, handleLifetimeMs = 7_200_000, toolMs = 0, calls = {} } = options
  const { onEntry = () => {} } = options
  const { tls = false, strict = false, control = false, setupTimeoutMs = 10_000, frames = 'binary' } = options
  if (!Number.isInteger(port) || port < 0 || port > highestPort) {
    throw invalidOption('port', port, `an integer from 0 to ${highestPort}`)
  }
  if (typeof host !== 'string' || host === '') throw invalidOption('host', host, 'a host name or address')
  checkTls(tls)
  checkMilliseconds('graceMs', graceMs)
  checkMilliseconds('setupTimeoutMs', setupTimeoutMs)
  checkMilliseconds('toolMs', toolMs)
  if (typeof strict !== 'boolean') throw invalidOption('strict', strict, 'true or false')
  if (typeof control !== 'boolean') throw invalidOption('control', control, 'true or false')
  checkOneOf('frames', frames, ['binary', 'text'])
  checkMilliseconds('handleLifetimeMs', handleLifetimeMs)
  checkMilliseconds('audioMessageMs', audioMessageMs)
  if (audioMessageMs === 0) throw invalidOption('audioMessageMs', audioMessageMs, 'more than 0')
  if (!Number.isSafeInteger(seed)) throw invalidOption('seed', seed, 'a safe integer')
  if (inputDuringCall !== undefined) checkInputDuringCall(inputDuringCall)
  if (script !== undefined) checkScript(script)
  checkFunction('onEntry', onEntry)
  const { now, setTimer } = asFields('clock', clock)
  checkFunction('clock.now', now)
  checkFunction('clock.setTimer', setTimer)
  const known = profileNamed(profile ?? defaultProfileName)
  const resolved: ResolvedOptions = {
    profile: known,
    inputDuringCall: inputDuringCall ?? known.inputDuringCall,
    calls: resolveCalls(calls, known),
    audioMessageMs,
    seed,
    port,
    host,
    tls,
    graceMs,
    strict,
    setupTimeoutMs,
    connectionLimit: connectionLimit === undefined ? undefined : resolveLimit(connectionLimit),
    handleLifetimeMs,
    control,
    toolMs,
    frames,
    script: script === undefined ? weatherScript : () => script,
    onEntry,
    clock,
  }
  refuseOtherFields('options', options, Object.keys(resolved))
  return resolved
}

function checkMilliseconds(field: string, value: unknown): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw invalidOption(field, value, 'a number of 0 or more')
  // The platform's timers can't wait longer.
  if (value > longestTimerMs) throw invalidOption(field, value, `at most ${longestTimerMs}`)
}

function checkFunction(field: string, value: unknown): void {
  if (typeof value !== 'function') throw invalidOption(field, value, 'a function')
}

function checkInputDuringCall(rule: InputDuringCall): void {
  asFields('inputDuringCall', rule)
  refuseOtherFields('inputDuringCall', rule, ['action', ...fieldsOfChecked(rule)])
}

function fieldsOfChecked(rule: InputDuringCall): readonly string[] {
  const { action } = rule
  if (action === 'accept') return []
  if (action === 'close') {
    const { probability } = rule
    if (typeof probability !== 'number' || !(probability >= 0 && probability <= 1))
      throw invalidOption('inputDuringCall.probability', probability, 'a number from 0 to 1')
    return ['probability']
  }
  checkOneOf('inputDuringCall.action', action, ['close', 'cancel', 'accept'])
  checkOneOf('inputDuringCall.on', rule.on, ['input', 'turn'])
  checkMilliseconds('inputDuringCall.afterMs', rule.afterMs)
  return ['on', 'afterMs']
}

function resolveLimit(limit: ConnectionLimit): Complete<ConnectionLimit> {
  asFields('connectionLimit', limit)
  const { afterMs, goAwayMs = 50_000, end = 'close' } = limit
  checkMilliseconds('connectionLimit.afterMs', afterMs)
  checkMilliseconds('connectionLimit.goAwayMs', goAwayMs)
  checkOneOf('connectionLimit.end', end, ['close', 'drop'])
  refuseOtherFields('connectionLimit', limit, ['afterMs', 'goAwayMs', 'end'])
  return { afterMs, goAwayMs, end }
}

function resolveCalls(calls: CallOptions, { callEndsTurn }: Profile): Complete<CallOptions> {
  asFields('calls', calls)
  const { delivery = 'once', ids = 'sent', unknownId = 'ignored', answered = 'spoken' } = calls
  const { endTurn = callEndsTurn } = calls
  checkOneOf('calls.delivery', delivery, ['once', 'twice'])
  checkOneOf('calls.ids', ids, ['sent', 'omitted'])
  checkOneOf('calls.unknownId', unknownId, ['ignored', 'not-found', 'internal-error'])
  checkOneOf('calls.answered', answered, ['spoken', 'ignored'])
  checkOneOf('calls.endTurn', endTurn, [true, false])
  refuseOtherFields('calls', calls, ['delivery', 'ids', 'unknownId', 'answered', 'endTurn'])
  return { delivery, ids, unknownId, answered, endTurn }
}

function checkOneOf(field: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return
  throw invalidOption(field, value, allowed.map((entry) => JSON.stringify(entry)).join(' or '))
}
