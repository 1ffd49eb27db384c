import { InputGate } from '@livegate/core'
import { holdInput } from '@livegate/genai'
import { describe, expect, it } from 'vitest'
import { brokenPromises } from '../src/check.ts'
import { Journal } from '../src/journal.ts'
import { cuesOf, inputOf } from '../src/microphone.ts'
import { measure } from '../src/report.ts'
import type { ServerFacts } from '../src/server.ts'
import { type Speech, samplesPerFrame } from '../src/speech.ts'
import type { Take } from '../src/take.ts'

/** Ten frames, of which no two are alike, with two utterances of three. */
const speech: Speech = {
  frames: Array.from({ length: 10 }, (_, frame) => new Int16Array(samplesPerFrame).fill(frame)),
  levels: [],
  utterances: [
    { firstFrame: 1, endFrame: 4 },
    { firstFrame: 6, endFrame: 9 },
  ],
  durationMs: 200,
}

function samplesOf(...frames: readonly number[]): Int16Array {
  return Int16Array.from(frames.flatMap((frame) => [...(speech.frames[frame] ?? [])]))
}

function turn(firstFrame: number, frames: number, endMs: number | undefined): ServerFacts['turns'][number] {
  const firstSample = firstFrame * samplesPerFrame
  return { source: 'brackets', startMs: 0, endMs, firstSample, samples: frames * samplesPerFrame }
}

/** A server that received all and did all well. */
const wellServed: ServerFacts = {
  closed: undefined,
  audio: samplesOf(1, 2, 3, 6, 7, 8),
  signals: ['activityStart', 'activityEnd', 'activityStart', 'activityEnd'],
  turns: [turn(0, 3, 80), turn(3, 3, 180)],
  brackets: { starts: 2, ends: 2, open: false, balanced: true },
  window: { grace: 0, violations: 0 },
  violations: [],
  toolCalls: 1,
  toolResponses: 1,
  repliesEndedAtMs: [250],
}

/** Push-to-talk from beginning to end, through a gate that is open. */
function takeWith(server: ServerFacts | undefined): Take {
  const journal = new Journal(() => 0)
  const gate = new InputGate({ send: () => {}, policy: holdInput() })
  for (const cue of cuesOf(speech, 'push-to-talk').flat()) {
    journal.offered(cue, gate.offer(inputOf(cue) as Parameters<typeof gate.offer>[0]).status)
  }
  journal.end()
  return { mode: 'push-to-talk', journal, gate: gate.snapshot(), server }
}

describe('the measures of an act', () => {
  it('are those of the server', () => {
    const server: ServerFacts = {
      ...wellServed,
      audio: samplesOf(1, 2, 3, 8),
      signals: ['activityStart', 'activityEnd', 'activityEnd'],
      turns: [turn(0, 3, 80)],
    }
    expect(measure(takeWith(server), speech)).toEqual({
      mode: 'push-to-talk',
      session: { alive: true },
      speech: { offeredMs: 120, receivedMs: 80, lostMs: 40, lostSpokenMs: 40 },
      signals: { offered: 4, received: 3, lost: ['activityStart'] },
      turns: { spoken: 2, understood: 1, lastEnded: false, answered: false },
      window: { grace: 0, violations: 0 },
      toolResponses: 1,
      timeline: [
        { lane: 'mic', state: 'sent', fromMs: 20, toMs: 80 },
        { lane: 'mic', state: 'lost', fromMs: 120, toMs: 160 },
        { lane: 'mic', state: 'sent', fromMs: 160, toMs: 180 },
        { lane: 'mic', state: 'activityStart', atMs: 20, fate: 'sent' },
        { lane: 'mic', state: 'activityEnd', atMs: 80, fate: 'sent' },
        { lane: 'mic', state: 'activityStart', atMs: 120, fate: 'lost' },
        { lane: 'mic', state: 'activityEnd', atMs: 180, fate: 'sent' },
      ],
    })
  })

  it('do not count a turn as understood of which a part is missing', () => {
    const server = {
      ...wellServed,
      audio: samplesOf(1, 2, 3, 7, 8),
      turns: [turn(0, 3, 80), turn(3, 2, 180)],
    }
    const expected = { spoken: 2, understood: 1, lastEnded: true, answered: true }
    expect(measure(takeWith(server), speech).turns).toEqual(expected)
  })

  it('are unknown where the server tells nothing', () => {
    expect(measure(takeWith(undefined), speech)).toMatchObject({
      speech: { offeredMs: 120, receivedMs: null, lostMs: null, lostSpokenMs: null },
      signals: { offered: 4, received: null, lost: null },
      turns: { spoken: 2, understood: null, lastEnded: null, answered: false },
    })
  })
})

describe("the check of Livegate's act", () => {
  const broken = (policy: 'hold' | 'drop' | 'pass', change: Partial<ServerFacts>): readonly string[] => {
    const take = takeWith({ ...wellServed, ...change })
    return brokenPromises(policy, take, measure(take, speech))
  }
  const closed = { code: 1008, reason: '', by: 'server' } as const

  it.each(['hold', 'drop', 'pass'] as const)('holds for --policy %s when all went well', (policy) => {
    expect(broken(policy, {})).toEqual([])
  })

  it.each([
    [{ closed }, 'the session was closed with 1008'],
    [
      { audio: samplesOf(1, 2, 3, 6, 8, 7) },
      'what the server received is not, sample by sample, what was offered',
    ],
    [
      { violations: ['audio while a call is pending'] },
      'the server saw a violation: audio while a call is pending',
    ],
    [
      { brackets: { starts: 2, ends: 2, open: false, balanced: false } },
      'the activity brackets are not balanced',
    ],
    [{ toolResponses: 0 }, 'of 1 calls 0 were answered'],
    [{ repliesEndedAtMs: [100] }, 'the last question was not answered'],
  ])('fails for %j', (change, sentence) => {
    expect(broken('hold', change)).toContain(`push-to-talk: ${sentence}`)
  })

  it('fails when more is lost than was reported as dropped', () => {
    expect(broken('drop', { audio: samplesOf(1, 2, 3, 6, 7) })).toEqual([
      'push-to-talk: 20 ms of audio were lost, but 0 ms reported as dropped',
    ])
  })

  it('lets the session end where nothing was gated', () => {
    expect(broken('pass', { closed })).toEqual([])
  })
})
