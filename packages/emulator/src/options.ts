import { type Clock, platformClock } from './clock.ts'
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

/** What goes wrong with calls, or is done otherwise, on some servers. */
export interface CallOptions {
  /** `twice`: each call comes again as a part of the model's turn. Default `once`. */
  readonly delivery?: 'once' | 'twice'
  /** `omitted`: calls have no id, and responses are matched by name. Default `sent`. */
  readonly ids?: 'sent' | 'omitted'
  /** What the response to a call that is not known gets: nothing (default), a close with 1008, or one with 1011. */
  readonly unknownId?: 'ignored' | 'not-found' | 'internal-error'
  /** What answered calls lead to: the model speaks (default), or it is never heard of again. */
  readonly answered?: 'spoken' | 'ignored'
  /**
   * Whether turnComplete comes right behind a blocking call, or only after the answer to it. Default: what the profile says.
   * Of 2.5 there are contradicting reports: recorded sessions leave the turn open; ADK counts on its end, and runs no tool
   * before. Source: the recordings behind the profile, and what GeminiLlmConnection says in google/adk-python.
   */
  readonly endTurn?: boolean
}

/** How long a connection lives, whatever it does. */
export interface ConnectionLimit {
  /** Milliseconds from the connection to its end. */
  readonly afterMs: number
  /** How many milliseconds before the end a goAway announces it. Default 50 000; 0 announces nothing. */
  readonly goAwayMs?: number
  /** `close` (default) is 1011 "Deadline expired before operation could complete.", `drop` is no close frame. */
  readonly end?: 'close' | 'drop'
}

/** Options of `startEmulator`; all have a default. */
export interface EmulatorOptions {
  /** The family of models to stand in for. Default `gemini-2.5`. */
  readonly profile?: ProfileName
  /** What input leads to while a blocking call is pending. Default: what the profile says. */
  readonly inputDuringCall?: InputDuringCall
  readonly calls?: CallOptions
  /** Milliseconds of audio in a message of the server. Default 100; up to 1000 and more were seen. */
  readonly audioMessageMs?: number
  /**
   * Where random numbers begin, ids of calls and handles among them: the same seed, script and inputs give the same frames, and a
   * handle or a late answer of an earlier emulator with the same seed may be taken for one of this. Default 0.
   */
  readonly seed?: number
  /** Default 0: any free port. */
  readonly port?: number
  /** The address to listen on. Default `127.0.0.1`: this machine only. */
  readonly host?: string
  /**
   * Whether to speak TLS: with a certificate that it makes for `localhost`, `127.0.0.1`, `::1` and `host`, or with the given
   * key and certificate. Default false. The SDK for Python connects with TLS only.
   */
  readonly tls?: boolean | TlsCredentials
  /**
   * For how many milliseconds after a blocking toolCall realtime input is tolerated, since it may have been in flight; with
   * the fault `latency`, after the toolCall has left. Default 50; 0 tolerates none then. A toolCall that never leaves, as with
   * the fault `silence`, forbids none.
   */
  readonly graceMs?: number
  /**
   * Whether a field that the protocol doesn't know ends the session with 1007, as on the real server by all reports. Default
   * false: it is passed over, for clients that are newer than this emulator. A message with no field that is known ends the
   * session all the same.
   */
  readonly strict?: boolean
  /** For how many milliseconds a connection may wait with its setup until it is closed with 1011. Default 10 000. */
  readonly setupTimeoutMs?: number
  /** Default: none. The real limit is about ten minutes. */
  readonly connectionLimit?: ConnectionLimit
  /** For how many milliseconds after its session's end a resumption handle can be used. Default: two hours. */
  readonly handleLifetimeMs?: number
  /**
   * Whether requests to `/control/` of the same port can cause faults and read what sessions saw: see the README.
   * Default false: any page in a browser on this machine could use it.
   */
  readonly control?: boolean
  /**
   * How many milliseconds `GET /tools/NAME` of the same port takes, which a client's handler may ask if it has no tool of its own:
   * see the README. Default 0.
   */
  readonly toolMs?: number
  /** Whether the server's JSON goes out in binary frames (default), as from the real server, or in text frames. */
  readonly frames?: 'binary' | 'text'
  /** What each session answers: its n-th turn gets the n-th reply, the last one repeats. Default: a weather assistant. */
  readonly script?: readonly Reply[]
  /**
   * Is told of each entry of a session's log when it is made; for a message of the client with the `frame` as it came, media and
   * all, of which the log has only what the server makes of it. It must not throw.
   */
  readonly onEntry?: (entry: LogEntry, session: EmulatedSession, frame?: string) => void
  /** Default: the platform's clock. */
  readonly clock?: Clock
}

/** Options with their defaults, checked. */
export interface ResolvedOptions {
  readonly profile: Profile
  readonly inputDuringCall: InputDuringCall
  readonly calls: Required<CallOptions>
  readonly audioMessageMs: number
  readonly seed: number
  readonly port: number
  readonly host: string
  readonly tls: boolean | TlsCredentials
  readonly graceMs: number
  readonly strict: boolean
  readonly setupTimeoutMs: number
  readonly connectionLimit: Required<ConnectionLimit> | undefined
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

/** Throws `EmulatorError` (`invalid-option`) for a value that can't be used. */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
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
  if (!Number.isInteger(seed)) throw invalidOption('seed', seed, 'an integer')
  if (inputDuringCall !== undefined) checkInputDuringCall(inputDuringCall)
  if (script !== undefined) checkScript(script)
  checkFunction('onEntry', onEntry)
  const { now, setTimer } = asFields('clock', clock)
  checkFunction('clock.now', now)
  checkFunction('clock.setTimer', setTimer)
  const known = profileNamed(profile ?? defaultProfileName)
  return {
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
}

function checkMilliseconds(field: string, value: unknown): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw invalidOption(field, value, 'a number of 0 or more')
  // What the platform's timers can wait for.
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

function resolveLimit(limit: ConnectionLimit): Required<ConnectionLimit> {
  asFields('connectionLimit', limit)
  const { afterMs, goAwayMs = 50_000, end = 'close' } = limit
  checkMilliseconds('connectionLimit.afterMs', afterMs)
  checkMilliseconds('connectionLimit.goAwayMs', goAwayMs)
  checkOneOf('connectionLimit.end', end, ['close', 'drop'])
  refuseOtherFields('connectionLimit', limit, ['afterMs', 'goAwayMs', 'end'])
  return { afterMs, goAwayMs, end }
}

function resolveCalls(calls: CallOptions, { callEndsTurn }: Profile): Required<CallOptions> {
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
