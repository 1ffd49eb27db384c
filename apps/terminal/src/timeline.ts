import type { Fate } from './acts/scene.ts'
import type { Cue } from './microphone.ts'
import { frameMs } from './speech.ts'

/** A moment or a stretch of time in a conversation. Times are milliseconds since the microphone was opened. */
export type TimelineEntry =
  | Stretch<'mic', 'sent' | 'held' | 'lost'>
  | Stretch<'gate', 'open' | 'shut'>
  | Stretch<'tool', 'running'>
  | Stretch<'model', 'speaking'>
  /** The backlog leaves. */
  | Moment<'mic', 'replayed'>
  | Moment<'model', 'interrupted'>
  | (Moment<'mic', 'activityStart' | 'activityEnd'> & { readonly fate: MicState })
  | (Moment<'session', 'closed'> & { readonly code: number; readonly reason: string })

/** What became of an offer. `held`: it arrived later than it was said. */
export type MicState = 'sent' | 'held' | 'lost'

interface Stretch<Lane extends string, State extends string> {
  readonly lane: Lane
  readonly state: State
  readonly fromMs: number
  readonly toMs: number
}

interface Moment<Lane extends string, State extends string> {
  readonly lane: Lane
  readonly state: State
  readonly atMs: number
}

/** A cue that was offered, and what the client believed about it then. */
export interface Offer {
  readonly cue: Cue
  readonly fate: Fate
}

/** The fate that the client believes in, used if the server's figures are unknown. */
export function believed({ fate }: Offer): MicState {
  return fate === 'dropped' ? 'lost' : fate
}

/** Makes the lane of the microphone. Consecutive frames with the same fate are one stretch. */
export function microphoneLane(
  offers: readonly Offer[],
  stateOf: (offer: Offer, index: number) => MicState,
): readonly TimelineEntry[] {
  const stretches: Stretch<'mic', MicState>[] = []
  const signals: TimelineEntry[] = []
  for (const [index, offer] of offers.entries()) {
    const { kind, frame } = offer.cue
    const fromMs = frame * frameMs
    const state = stateOf(offer, index)
    if (kind !== 'audio') {
      signals.push({ lane: 'mic', state: kind, atMs: fromMs, fate: state })
      continue
    }
    const last = stretches.at(-1)
    if (last?.state === state && last.toMs === fromMs) {
      stretches[stretches.length - 1] = { ...last, toMs: fromMs + frameMs }
    } else {
      stretches.push({ lane: 'mic', state, fromMs, toMs: fromMs + frameMs })
    }
  }
  return [...stretches, ...signals]
}
