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

/** Each row of a lane is a thread; 0 stands for the process. */
const tidOf = (lane: LaneId, row: number): number => laneIds.indexOf(lane) + 1 + row * laneIds.length

const microseconds = (ms: number): number => Math.round(ms * 1000)

/**
 * Converts a run for Perfetto and chrome://tracing: each lane is a thread, and the microphone's level a counter. Items that overlap, such as
 * parallel calls, need further threads: the complete events of one must nest, and Perfetto drops those that do not.
 */
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
  ]
  const endsOf = new Map<LaneId, number[]>(laneIds.map((lane) => [lane, [Number.NEGATIVE_INFINITY]]))
  const events = items
    .toSorted((a, b) => a.fromMs - b.fromMs)
    .map((item) => eventOf(item, endMs, endsOf.get(item.lane) ?? []))
  for (const [lane, ends] of endsOf) {
    for (const row of ends.keys()) {
      const name = `${laneTitles[lane].title}${row === 0 ? '' : ` ${row + 1}`}`
      const tid = tidOf(lane, row)
      metadata.push(
        { ph: 'M', name: 'thread_name', pid, tid, args: { name } },
        { ph: 'M', name: 'thread_sort_index', pid, tid, args: { sort_index: tidOf(lane, 0) } },
      )
    }
  }
  const levels = frames.map(({ atMs, level }): TraceEvent => {
    return { ph: 'C', name: 'Microphone level', pid, tid: 0, ts: microseconds(atMs), args: { level } }
  })
  const inOrder = [...events, ...levels].toSorted((a, b) => ('ts' in a && 'ts' in b ? a.ts - b.ts : 0))
  return {
    traceEvents: [...metadata, ...inOrder],
    displayTimeUnit: 'ms',
    otherData: { way: trace.way, server: trace.server, model: trace.model },
  }
}

/** Makes the event of an item. `ends` is when each row of its lane is free, in microseconds; the item takes the first that is, or another. */
function eventOf(
  { lane, state, fromMs, toMs, label, facts }: Item,
  endMs: number,
  ends: number[],
): TraceEvent {
  const ts = microseconds(fromMs)
  const common = { name: label, cat: `${lane},${state}`, pid, ts }
  const args = Object.fromEntries(facts)
  if (toMs === fromMs) return { ...common, tid: tidOf(lane, 0), ph: 'i', s: 't', args }
  // An item that lasts until the trace is written has no end of its own.
  const dur = Math.max(0, microseconds(toMs ?? endMs) - ts)
  const free = ends.findIndex((end) => end <= ts)
  const row = free === -1 ? ends.length : free
  ends[row] = ts + dur
  return { ...common, tid: tidOf(lane, row), ph: 'X', dur, args }
}
