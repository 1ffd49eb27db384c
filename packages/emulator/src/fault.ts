import { invalidOption, refuseOtherFields } from './emulator-error.ts'
import { type KnownClose, knownCloses } from './known-closes.ts'

/** A fault of a session. It is plain JSON, for script files and the control port. */
export type Fault =
  /** Ends the session with a close frame: one that the real server was seen to send, or any other. */
  | { readonly fault: 'close'; readonly like: KnownClose }
  | { readonly fault: 'close'; readonly code: number; readonly reason: string }
  /** Cuts the connection without a close frame. */
  | { readonly fault: 'drop' }
  /** Sends nothing more; from the beginning of a connection, not even setupComplete. */
  | { readonly fault: 'silence' }
  /** Delays each further message by `ms`, and by up to `jitterMs` more (default 0). Their order stays. */
  | { readonly fault: 'latency'; readonly ms: number; readonly jitterMs?: number }
  /**
   * Stops reading from the socket for a while, so that what the client sends piles up, and its pings are answered late. Real
   * servers took 8 to 30 s for a pong. Source: a report in sip-to-ai#14.
   */
  | { readonly fault: 'stop-reading'; readonly forMs: number }
  /** Changes `audioMessageMs` (see `EmulatorOptions`) from now on. */
  | { readonly fault: 'audio-message'; readonly ms: number }
  /** Sends any text as a frame, such as malformed JSON, or a message with unknown fields. */
  | { readonly fault: 'send'; readonly text: string }
  /** Sends a goAway. It does not end the connection. */
  | { readonly fault: 'go-away'; readonly timeLeftMs: number }

/**
 * A fault of the next connection: the server refuses it, or applies the fault from its first moment. As on real servers, a
 * `close` comes after the setup, in place of setupComplete. A `send` follows setupComplete.
 */
export type NextFault =
  | Exclude<Fault, { fault: 'go-away' }>
  | { readonly fault: 'refuse'; readonly status: keyof typeof refusals }

/** The status lines of refused upgrades: see the fault `refuse`. */
export const refusals: {
  readonly 401: string
  readonly 403: string
  readonly 429: string
  readonly 503: string
} = {
  401: '401 Unauthorized',
  403: '403 Forbidden',
  429: '429 Too Many Requests',
  503: '503 Service Unavailable',
}

/** The faults that can be applied both to a session and to the next connection. */
const faultsOfAnyTime = [
  'close',
  'drop',
  'silence',
  'latency',
  'stop-reading',
  'audio-message',
  'send',
] as const

const longestReasonBytes = 123

/** Cuts a reason to the 123 bytes that RFC 6455 allows, as real servers do. */
export function cutReason(reason: string): string {
  return new TextDecoder().decode(Buffer.from(reason).subarray(0, longestReasonBytes), { stream: true })
}

/** @throws {EmulatorError} `invalid-option` for a code or reason that no close frame can carry: see RFC 6455, section 7.4. */
export function checkClose(place: string, code: unknown, reason: unknown): void {
  const isFree = typeof code === 'number' && code >= 3000 && code <= 4999
  const isAssigned =
    typeof code === 'number' && code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)
  if (!Number.isInteger(code) || !(isFree || isAssigned))
    throw invalidOption(`${place}code`, code, 'a close code that a frame can carry')
  if (typeof reason !== 'string' || Buffer.byteLength(reason) > longestReasonBytes)
    throw invalidOption(`${place}reason`, reason, 'a text of at most 123 bytes')
}

/** @throws {EmulatorError} `invalid-option` unless `value` is a fault of a session. It may also have the fields in `beside`. */
export function checkFault(
  place: string,
  value: unknown,
  beside: readonly string[] = [],
): asserts value is Fault {
  const fields = (typeof value === 'object' && value !== null ? value : {}) as Readonly<
    Record<string, unknown>
  >
  refuseOtherFields(place, fields, ['fault', ...checkFieldsOf(place, fields), ...beside])
}

/** Checks the fields of a fault and returns their names. */
function checkFieldsOf(place: string, fields: Readonly<Record<string, unknown>>): readonly string[] {
  switch (fields.fault) {
    case 'close':
      if (fields.like === undefined) {
        if (fields.code === undefined && fields.reason === undefined)
          throw invalidOption(place, fields, 'a close with like, or with code and reason')
        checkClose(`${place}.`, fields.code, fields.reason)
        return ['code', 'reason']
      }
      checkAmong(`${place}.like`, fields.like, Object.keys(knownCloses))
      return ['like']
    case 'latency':
      checkDuration(`${place}.ms`, fields.ms)
      if (fields.jitterMs !== undefined) checkDuration(`${place}.jitterMs`, fields.jitterMs)
      return ['ms', 'jitterMs']
    case 'audio-message':
      checkDuration(`${place}.ms`, fields.ms)
      if (fields.ms === 0) throw invalidOption(`${place}.ms`, fields.ms, 'more than 0')
      return ['ms']
    case 'stop-reading':
      checkDuration(`${place}.forMs`, fields.forMs)
      return ['forMs']
    case 'go-away':
      checkDuration(`${place}.timeLeftMs`, fields.timeLeftMs)
      return ['timeLeftMs']
    case 'send':
      if (typeof fields.text !== 'string') throw invalidOption(`${place}.text`, fields.text, 'a string')
      return ['text']
    case 'drop':
    case 'silence':
      return []
    default:
      checkAmong(`${place}.fault`, fields.fault, [...faultsOfAnyTime, 'go-away'])
      return []
  }
}

/** @throws {EmulatorError} `invalid-option` unless `value` is a fault of the next connection. */
export function checkNextFault(place: string, value: unknown): asserts value is NextFault {
  const { fault, status } = (value ?? {}) as { fault?: unknown; status?: unknown }
  if (fault === 'refuse') {
    checkAmong(`${place}.status`, status, Object.keys(refusals).map(Number))
    refuseOtherFields(place, value as object, ['fault', 'status'])
    return
  }
  if (fault === 'go-away')
    throw invalidOption(`${place}.fault`, fault, 'a fault that can come before the setup')
  checkAmong(`${place}.fault`, fault, [...faultsOfAnyTime, 'refuse'])
  checkFault(place, value)
}

function checkAmong(place: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return
  throw invalidOption(place, value, `one of ${allowed.join(', ')}`)
}

const longestMs = 2 ** 31 - 1

/** @throws {EmulatorError} `invalid-option` for a duration that no timer can wait for. */
export function checkDuration(place: string, value: unknown): void {
  if (typeof value !== 'number' || !(value >= 0 && value <= longestMs))
    throw invalidOption(place, value, 'a number of milliseconds')
}
