import type { EmulatedSession, LogEntry } from '@livegate/emulator'
import { expect, it } from 'vitest'
import { newWatch } from '../src/server/server-facts.ts'

/** The part of a session that is looked at, which a test can change. */
function newSession() {
  const turns: EmulatedSession['turns'][number][] = []
  const toolResponses: { name?: string; idWas: string }[] = []
  return { turns, toolResponses, asSeen: { turns, toolResponses } as unknown as EmulatedSession }
}

const heard = (atMs: number, audioSamples: number) =>
  ({
    kind: 'received',
    atMs,
    message: { type: 'realtimeInput', inputs: ['audio'], audioSamples },
  }) as LogEntry
const other = (atMs: number) => ({ kind: 'received', atMs, message: { type: 'toolResponse' } }) as LogEntry
const turn = { source: 'speech', firstSample: 0, samples: 0 } as const

it('reports what an emulator sees once, on the clock of the run', () => {
  let nowMs = 1000
  const watch = newWatch(() => nowMs)
  const first = newSession()
  expect(watch(heard(100, 320), first.asSeen)).toEqual([{ atMs: 1000, type: 'server-heard', durationMs: 20 }])

  nowMs = 1050
  first.turns.push({ ...turn, startMs: 120, endMs: undefined })
  expect(watch(other(150), first.asSeen)).toEqual([
    { atMs: 1050, type: 'server-turn', index: 0, source: 'speech', startMs: 1020 },
  ])
  expect(watch(heard(150, 0), first.asSeen)).toEqual([])

  nowMs = 1200
  first.turns[0] = { ...turn, startMs: 120, endMs: 280 }
  first.toolResponses.push({ name: 'get_weather', idWas: 'pending' }, { idWas: 'unknown' })
  expect(watch(other(300), first.asSeen)).toEqual([
    { atMs: 1200, type: 'server-turn', index: 0, source: 'speech', startMs: 1020, endMs: 1180 },
    { atMs: 1200, type: 'server-answered', name: 'get_weather', idWas: 'pending' },
    { atMs: 1200, type: 'server-answered', name: '', idWas: 'unknown' },
  ])

  nowMs = 1300
  first.toolResponses.push({ name: 'get_time', idWas: 'answered' })
  expect(watch({ kind: 'violation', atMs: 400, reason: 'no such id' } as LogEntry, first.asSeen)).toEqual([
    { atMs: 1300, type: 'server-objected', reason: 'no such id' },
    { atMs: 1300, type: 'server-answered', name: 'get_time', idWas: 'answered' },
  ])

  nowMs = 2000
  const second = newSession()
  second.turns.push({ ...turn, source: 'text', startMs: 5, endMs: 5 })
  expect(watch(other(10), second.asSeen)).toEqual([
    { atMs: 2000, type: 'server-turn', index: 1, source: 'text', startMs: 1995, endMs: 1995 },
  ])
  const close = { kind: 'close', atMs: 20, code: 1008, reason: 'no', by: 'server' } as LogEntry
  expect(watch(close, second.asSeen)).toEqual([
    { atMs: 2000, type: 'server-closed', code: 1008, reason: 'no', by: 'server' },
  ])
})
