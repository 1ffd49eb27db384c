import { type Clock, platformClock } from './clock.ts'
import { invalidOption } from './emulator-error.ts'
import { defaultProfileName, type Profile, type ProfileName, profileNamed } from './profile.ts'
import { checkScript, type Reply, type Script, weatherScript } from './script.ts'

/** Options of `startEmulator`; all have a default. */
export interface EmulatorOptions {
  /** The family of models to stand in for. Default `gemini-2.5`, the only one so far. */
  readonly profile?: ProfileName
  /** Default 0: any free port. */
  readonly port?: number
  /** The address to listen on. Default `127.0.0.1`: this machine only. */
  readonly host?: string
  /**
   * For how many milliseconds after a blocking toolCall realtime input is tolerated, since it may have been in flight.
   * Default 50; 0 tolerates none.
   */
  readonly graceMs?: number
  /**
   * Whether a field that the protocol doesn't know ends the session with 1007, as on the real server by all reports. Default
   * false: it is passed over, for clients that are newer than this emulator.
   */
  readonly strict?: boolean
  /** For how many milliseconds a connection may wait with its setup until it is closed with 1011. Default 10 000. */
  readonly setupTimeoutMs?: number
  /** Whether the server's JSON goes out in binary frames (default), as from the real server, or in text frames. */
  readonly frames?: 'binary' | 'text'
  /** What each session answers: its n-th turn gets the n-th reply, the last one repeats. Default: a weather assistant. */
  readonly script?: readonly Reply[]
  /** Default: the platform's clock. */
  readonly clock?: Clock
}

/** Options with their defaults, checked. */
export interface ResolvedOptions {
  readonly profile: Profile
  readonly port: number
  readonly host: string
  readonly graceMs: number
  readonly strict: boolean
  readonly setupTimeoutMs: number
  readonly frames: 'binary' | 'text'
  readonly script: Script
  readonly clock: Clock
}

const highestPort = 65_535

/** Throws `EmulatorError` (`invalid-option`) for a value that can't be used. */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
  const { profile, port = 0, host = '127.0.0.1', graceMs = 50, script, clock = platformClock } = options
  const { strict = false, setupTimeoutMs = 10_000, frames = 'binary' } = options
  if (!Number.isInteger(port) || port < 0 || port > highestPort) {
    throw invalidOption('port', port, `an integer from 0 to ${highestPort}`)
  }
  if (typeof host !== 'string' || host === '') throw invalidOption('host', host, 'a host name or address')
  checkMilliseconds('graceMs', graceMs)
  checkMilliseconds('setupTimeoutMs', setupTimeoutMs)
  if (typeof strict !== 'boolean') throw invalidOption('strict', strict, 'true or false')
  if (!['binary', 'text'].includes(frames)) throw invalidOption('frames', frames, '"binary" or "text"')
  if (script !== undefined) checkScript(script)
  return {
    profile: profileNamed(profile ?? defaultProfileName),
    port,
    host,
    graceMs,
    strict,
    setupTimeoutMs,
    frames,
    script: script === undefined ? weatherScript : () => script,
    clock,
  }
}

function checkMilliseconds(field: string, value: unknown): void {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw invalidOption(field, value, 'a number of 0 or more')
}
