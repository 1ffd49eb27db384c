import type { EmulatedSession, LogEntry } from '@livegate/emulator'
import type { ServerFact } from '../trace/fact.ts'

/** The emulator's input has 16 samples per millisecond. */
const samplesPerMs = 16

type Told = { readonly atMs: number } & ServerFact

/**
 * Returns a function that turns entries of an emulator's log into facts on a clock. Turns, and what became of responses, have no entries of
 * their own, so it checks them with each entry.
 */
export function newWatch(now: () => number): (entry: LogEntry, session: EmulatedSession) => readonly Told[] {
  const known = new Map<EmulatedSession, { readonly beganMs: number; responses: number; turns: string[] }>()
  let turns = 0
  const numbers = new Map<string, number>()
  return (entry, session) => {
    const atMs = now()
    const state = known.get(session) ?? { beganMs: atMs - entry.atMs, responses: 0, turns: [] }
    known.set(session, state)
    const order = [...known.keys()].indexOf(session)
    const told: Told[] = []
    const fact = factOf(entry)
    if (fact) told.push({ atMs, ...fact })
    for (const [place, { source, startMs, endMs }] of session.turns.entries()) {
      const shape = `${startMs} ${endMs}`
      if (state.turns[place] === shape) continue
      state.turns[place] = shape
      const key = `${order} ${place}`
      const index = numbers.get(key) ?? turns++
      numbers.set(key, index)
      told.push({
        atMs,
        type: 'server-turn',
        index,
        source,
        startMs: state.beganMs + startMs,
        ...(endMs !== undefined && { endMs: state.beganMs + endMs }),
      })
    }
    for (const { name = '', idWas } of session.toolResponses.slice(state.responses)) {
      told.push({ atMs, type: 'server-answered', name, idWas })
    }
    state.responses = session.toolResponses.length
    return told
  }
}

function factOf(entry: LogEntry): ServerFact | undefined {
  if (entry.kind === 'violation') return { type: 'server-objected', reason: entry.reason }
  if (entry.kind === 'close') {
    const { code, reason, by } = entry
    return { type: 'server-closed', code, reason, by }
  }
  if (entry.kind !== 'received' || entry.message.type !== 'realtimeInput') return undefined
  const { audioSamples } = entry.message
  return audioSamples > 0 ? { type: 'server-heard', durationMs: audioSamples / samplesPerMs } : undefined
}
