import type { Fate } from './acts/scene.ts'
import type { Cue } from './microphone.ts'
import { frameMs } from './speech.ts'

/** One thing that happened or went on; times are milliseconds since the microphone was opened. */
export type TimelineEntry =
  | Stretch<'mic', 'sent' | 'held' | 'lost'>
  | Stretch<'gate', 'open' | 'shut'>
  | Stretch<'tool', 'running'>
  | Stretch<'model', 'speaking'>
  /** What was held leaves. */
  | Moment<'mic', 'replayed'>
  | Moment<'model', 'interrupted'>
  | (Moment<'mic', 'activityStart' | 'activityEnd'> & { readonly fate: MicState })
  | (Moment<'session', 'closed'> & { readonly code: number; readonly reason: string })

/** What became of something that was offered; `held` arrived later than it was said. */
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

/** A cue that was offered, and what the client then believed of it. */
export interface Offer {
  readonly cue: Cue
  readonly fate: Fate
}

/** The client's belief, for want of the server's word. */
export function believed({ fate }: Offer): MicState {
  return fate === 'dropped' ? 'lost' : fate
}

/** The lane of the microphone: frames that follow one another and fared alike make one stretch. */
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
