import { type Item, type LaneId, laneIds, laneTitles } from './lane.ts'
import { lanesOf } from './lanes.ts'
import type { Trace } from './trace.ts'
import { wayWords } from './way.ts'

/**
 * An event of the Trace Event format ("Trace Event Format", Google, 2016): `X` is a complete event with a duration, `i` an instant,
 * `C` a counter, `M` metadata. `ts` and `dur` are microseconds.
 */
export type TraceEvent =
  | (Named & { readonly ph: 'X'; readonly ts: number; readonly dur: number; readonly cat: string })
  | (Named & { readonly ph: 'i'; readonly ts: number; readonly s: 't'; readonly cat: string })
  | (Named & { readonly ph: 'C'; readonly ts: number })
  | (Named & { readonly ph: 'M' })

interface Named {
  readonly name: string
  readonly pid: number
  readonly tid: number
  readonly args: Readonly<Record<string, unknown>>
}

/** The object form of the format, which Perfetto and chrome://tracing open. */
export interface TraceEventFile {
  readonly traceEvents: readonly TraceEvent[]
  readonly displayTimeUnit: 'ms'
  readonly otherData: Readonly<Record<string, string>>
}

const pid = 1

/** Each lane is a thread; 0 stands for the process. */
const tidOf = (lane: LaneId): number => laneIds.indexOf(lane) + 1

const microseconds = (ms: number): number => Math.round(ms * 1000)

/** Converts a run for Perfetto and chrome://tracing: each lane is a thread, and the microphone's level a counter. */
export function toTraceEvents(trace: Trace): TraceEventFile {
  const { items, frames, endMs } = lanesOf(trace.facts)
  const server = trace.server === 'emulator' ? `emulator, ${trace.model}` : `Google, ${trace.model}`
  const metadata: TraceEvent[] = [
    {
      ph: 'M',
      name: 'process_name',
      pid,
      tid: 0,
      args: { name: `Livegate: ${wayWords[trace.way].title} (${server})` },
    },
    ...laneIds.flatMap((lane): TraceEvent[] => [
      { ph: 'M', name: 'thread_name', pid, tid: tidOf(lane), args: { name: laneTitles[lane].title } },
      { ph: 'M', name: 'thread_sort_index', pid, tid: tidOf(lane), args: { sort_index: tidOf(lane) } },
    ]),
  ]
  const levels = frames.map(({ atMs, level }): TraceEvent => {
    return { ph: 'C', name: 'Microphone level', pid, tid: 0, ts: microseconds(atMs), args: { level } }
  })
  const events = [...items.map((item) => eventOf(item, endMs)), ...levels]
  return {
    traceEvents: [...metadata, ...events.toSorted((a, b) => ('ts' in a && 'ts' in b ? a.ts - b.ts : 0))],
    displayTimeUnit: 'ms',
    otherData: { way: trace.way, server: trace.server, model: trace.model },
  }
}

function eventOf({ lane, state, fromMs, toMs, label, facts }: Item, endMs: number): TraceEvent {
  const common = { name: label, cat: `${lane},${state}`, pid, tid: tidOf(lane), ts: microseconds(fromMs) }
  const args = Object.fromEntries(facts)
  if (toMs === fromMs) return { ...common, ph: 'i', s: 't', args }
  // An item that lasts until the trace is written has no end of its own.
  return { ...common, ph: 'X', dur: Math.max(0, microseconds(toMs ?? endMs) - microseconds(fromMs)), args }
}
