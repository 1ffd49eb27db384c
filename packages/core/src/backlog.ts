import type { InputPolicy } from './input-policy.ts'
import { type InputKind, type Payload, pcmDurationMs, type RealtimeInput } from './realtime-input.ts'

/** An input that waits for the gate to open. */
export interface Waiting {
  readonly kind: InputKind
  readonly input: RealtimeInput
  /** Characters of payload. */
  readonly bytes: number
  /** Milliseconds of speech; 0 for whatever is not audio. */
  readonly durationMs: number
}

/** What waits, in the order in which it was offered. */
export type Backlog = readonly Waiting[]

/** How much waits. */
export interface BacklogSize {
  readonly inputs: number
  /** Characters of payload. */
  readonly bytes: number
  /** Milliseconds of audio. */
  readonly durationMs: number
}

/** The media of an input, or its text as `data`. */
const payloadOf = (input: RealtimeInput): Payload =>
  input.audio ?? input.video ?? input.media ?? { data: input.text }

/** Characters of an input's payload. */
export const bytesOf = (input: RealtimeInput): number => payloadOf(input).data?.length ?? 0

/** An input with its weight against the bounds of the policy. */
export function weigh(input: RealtimeInput, kind: InputKind): Waiting {
  const payload = payloadOf(input)
  return {
    input,
    kind,
    durationMs: kind === 'audio' ? pcmDurationMs(payload) : 0,
    bytes: payload.data?.length ?? 0,
  }
}

export function sizeOf(backlog: Backlog): BacklogSize {
  let bytes = 0
  let durationMs = 0
  for (const waiting of backlog) {
    bytes += waiting.bytes
    durationMs += waiting.durationMs
  }
  return { inputs: backlog.length, bytes, durationMs }
}

/**
 * What has to be dropped next to keep the backlog within the policy, if anything, and why. Only media ever has to: text and signals are
 * small, and nothing else can stand in for them.
 */
export function nextLoss(
  backlog: Backlog,
  policy: InputPolicy,
): readonly [Waiting | false | undefined, 'replaced' | 'overflow'] {
  const [picture, newer] = backlog.filter((waiting) => waiting.kind === 'video')
  if (picture && newer) return [picture, 'replaced']
  const { bytes, durationMs } = sizeOf(backlog)
  const audio = backlog.find((waiting) => waiting.kind === 'audio')
  // Another picture will come, but not the same words.
  const lost = bytes > policy.maxBytes ? (picture ?? audio) : durationMs > policy.maxDurationMs && audio
  return [lost, 'overflow']
}

/**
 * The end of a turn, if nothing is left between it and the start that is before this backlog. Start and end are then dropped together, so
 * that the server never sees a turn of which every frame was lost (G4).
 */
export function endOfEmptyTurn(behind: Backlog): Waiting | false {
  const next = behind.find((waiting) => waiting.kind !== 'text')
  return next?.kind === 'activityEnd' && next
}
