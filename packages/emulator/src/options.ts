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
  readonly script: Script
  readonly clock: Clock
}

const highestPort = 65_535

/** Throws `EmulatorError` (`invalid-option`) for a value that can't be used. */
export function resolveOptions(options: EmulatorOptions): ResolvedOptions {
  const { profile, port = 0, host = '127.0.0.1', graceMs = 50, script, clock = platformClock } = options
  if (!Number.isInteger(port) || port < 0 || port > highestPort) {
    throw invalidOption('port', port, `an integer from 0 to ${highestPort}`)
  }
  if (typeof host !== 'string' || host === '') throw invalidOption('host', host, 'a host name or address')
  if (!Number.isFinite(graceMs) || graceMs < 0)
    throw invalidOption('graceMs', graceMs, 'a number of 0 or more')
  if (script !== undefined) checkScript(script)
  return {
    profile: profileNamed(profile ?? defaultProfileName),
    port,
    host,
    graceMs,
    script: script === undefined ? weatherScript : () => script,
    clock,
  }
}
