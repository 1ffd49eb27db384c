import { checkBound, checkWord } from './check-option.ts'

/**
 * What happens to one kind of input while the gate is shut: `hold` keeps it and sends it when the gate opens, `drop` drops it, `pass`
 * sends it at once.
 */
export type InputRule = 'hold' | 'drop' | 'pass'

/**
 * What a shut gate does, as data. Activity signals and `audioStreamEnd` follow the audio they belong to: they wait if audio is held or
 * dropped, and pass if it passes. A kind that passes does not wait for kinds that are held.
 */
export interface InputPolicy {
  readonly audio: InputRule
  /** `hold` keeps the latest picture only. */
  readonly video: InputRule
  readonly text: InputRule
  /** The most audio that may wait, in milliseconds; beyond it the oldest is dropped. */
  readonly maxDurationMs: number
  /** The most payload that may wait, in characters, all kinds together; beyond it a picture is dropped, then the oldest audio, never text. */
  readonly maxBytes: number
}

/** How much may wait. */
export interface HoldBounds {
  /** Milliseconds of audio. Default 30 000, as long as a registered handler may take. */
  readonly maxDurationMs?: number | undefined
  /** Characters of payload, all kinds together. Default 4 000 000: more than 90 s of 16 kHz audio in base64. */
  readonly maxBytes?: number | undefined
}

/** The default: everything waits, in order, within bounds. Of video the latest picture waits. */
export function holdInput({ maxDurationMs = 30_000, maxBytes = 4_000_000 }: HoldBounds = {}): InputPolicy {
  return { audio: 'hold', video: 'hold', text: 'hold', maxDurationMs, maxBytes }
}

/** Audio and video are dropped while the gate is shut; text waits, and activity brackets are repaired when it opens. */
export function dropInput(): InputPolicy {
  return { ...holdInput(), audio: 'drop', video: 'drop' }
}

/** Nothing waits: for servers that accept input while a call is pending. Brackets are still kept in order. */
export function passInput(): InputPolicy {
  return { ...holdInput(), audio: 'pass', video: 'pass', text: 'pass' }
}

/**
 * Checks a policy of untyped code.
 *
 * @throws {LivegateError} `invalid-options`, naming the first field that is not a rule or a bound.
 */
export function checkPolicy(policy: InputPolicy): void {
  for (const kind of ['audio', 'video', 'text'] as const) {
    checkWord(`policy.${kind}`, policy?.[kind], ['hold', 'drop', 'pass'])
  }
  for (const bound of ['maxDurationMs', 'maxBytes'] as const) checkBound(`policy.${bound}`, policy[bound])
}
