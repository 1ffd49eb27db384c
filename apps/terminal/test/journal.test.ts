import type { LiveServerMessage } from '@google/genai'
import { describe, expect, it } from 'vitest'
import { Journal } from '../src/journal.ts'
import type { Cue } from '../src/microphone.ts'

const audio: Cue = { kind: 'audio', frame: 0, samples: new Int16Array(0) }

/** An event, and the millisecond of the conversation at which it happens. */
type Step = readonly [atMs: number, happens: (journal: Journal) => void]

const hears =
  (message: object) =>
  (journal: Journal): void =>
    journal.heard(message as LiveServerMessage)
const speech = hears({ serverContent: { modelTurn: { parts: [{ text: 'Well.' }, { inlineData: {} }] } } })
const turnEnd = hears({ serverContent: { turnComplete: true } })
const interruption = hears({ serverContent: { interrupted: true } })
const drops =
  (kind: 'audio' | 'video', durationMs: number) =>
  (journal: Journal): void =>
    journal.told({ type: 'input-dropped', kind, reason: 'policy', durationMs, error: undefined })
const opens = (journal: Journal): void => journal.told({ type: 'gate-opened' })

/** Makes a journal of these events, a second after the conversation began. */
function journalOf(steps: readonly Step[]): Journal {
  let now = 0
  const journal = new Journal(() => now)
  // The microphone opens later than the journal.
  now = 5000
  expect(journal.start()).toBe(5000)
  for (const [atMs, happens] of steps) {
    now = 5000 + atMs
    happens(journal)
  }
  now = 6000
  return journal
}

describe('a journal', () => {
  it.each<[string, readonly Step[], readonly object[]]>([
    ['is empty where nothing happens', [], []],
    ['has no gate where there is none', [[0, (journal) => journal.gate(undefined)]], []],
    [
      'has nothing that leaves where nothing was held',
      [
        [10, (journal) => journal.offered(audio, 'sent')],
        [30, opens],
      ],
      [],
    ],
    [
      'has the gate, which is as it was until it changes',
      [
        [0, (journal) => journal.gate(undefined)],
        [0, (journal) => journal.gate(false)],
        [20, (journal) => journal.gate(false)],
        [40, (journal) => journal.gate(true)],
      ],
      [
        { lane: 'gate', state: 'open', fromMs: 0, toMs: 40 },
        { lane: 'gate', state: 'shut', fromMs: 40, toMs: 1000 },
      ],
    ],
    [
      'has the tool as long as it runs',
      [
        [10, (journal) => journal.toolStarted()],
        [30, (journal) => journal.toolEnded()],
        [40, (journal) => journal.toolEnded()],
      ],
      [{ lane: 'tool', state: 'running', fromMs: 10, toMs: 30 }],
    ],
    [
      'has the model from its first sound to the end of its turn',
      [
        [5, hears({ serverContent: { modelTurn: { parts: [{ text: 'Well.' }] } } })],
        [10, speech],
        [20, speech],
        [50, turnEnd],
      ],
      [{ lane: 'model', state: 'speaking', fromMs: 10, toMs: 50 }],
    ],
    [
      'has an interruption where it came',
      [
        [10, speech],
        [30, interruption],
        [50, turnEnd],
      ],
      [
        { lane: 'model', state: 'speaking', fromMs: 10, toMs: 30 },
        { lane: 'model', state: 'interrupted', atMs: 30 },
      ],
    ],
    [
      'has the model break off for a call',
      [
        [10, speech],
        [30, hears({ toolCall: {} })],
      ],
      [{ lane: 'model', state: 'speaking', fromMs: 10, toMs: 30 }],
    ],
    [
      'has once that what was held leaves',
      [
        [5, opens],
        [10, (journal) => journal.offered(audio, 'held')],
        [20, (journal) => journal.offered(audio, 'sent')],
        [25, drops('video', 0)],
        [30, opens],
        [40, opens],
      ],
      [{ lane: 'mic', state: 'replayed', atMs: 30 }],
    ],
    [
      'has the end of the session, with which the gate and the model end',
      [
        [0, (journal) => journal.gate(true)],
        [10, speech],
        [15, (journal) => journal.toolStarted()],
        [30, (journal) => journal.closed(1008, 'no')],
        [40, (journal) => journal.gate(false)],
      ],
      [
        { lane: 'gate', state: 'shut', fromMs: 0, toMs: 30 },
        { lane: 'model', state: 'speaking', fromMs: 10, toMs: 30 },
        { lane: 'session', state: 'closed', atMs: 30, code: 1008, reason: 'no' },
        { lane: 'tool', state: 'running', fromMs: 15, toMs: 1000 },
      ],
    ],
    [
      'has nothing of what comes when the conversation is over',
      [
        [0, (journal) => journal.gate(false)],
        [500, (journal) => journal.end()],
        [700, (journal) => journal.closed(1000, '')],
      ],
      [{ lane: 'gate', state: 'open', fromMs: 0, toMs: 500 }],
    ],
  ])('%s', (_, steps, events) => {
    expect(journalOf(steps).events()).toEqual(events)
  })

  it('knows the end of a session, and counts later offers as lost', () => {
    const journal = journalOf([
      [10, (it) => it.offered(audio, 'held')],
      [30, (it) => it.closed(1008, 'no')],
      [40, (it) => it.offered({ ...audio, frame: 1 }, 'sent')],
    ])
    expect([journal.closing, journal.timeline()]).toEqual([
      { atMs: 30, code: 1008, reason: 'no' },
      [
        { lane: 'mic', state: 'held', fromMs: 0, toMs: 20 },
        { lane: 'mic', state: 'lost', fromMs: 20, toMs: 40 },
        { lane: 'session', state: 'closed', atMs: 30, code: 1008, reason: 'no' },
      ],
    ])
  })

  it('counts finished replies and dropped audio', () => {
    const journal = journalOf([
      [10, speech],
      [30, turnEnd],
      [40, speech],
      [50, interruption],
      [60, turnEnd],
      [90, turnEnd],
      [91, drops('audio', 20)],
      [92, drops('video', 500)],
      [93, drops('audio', 40)],
    ])
    expect([journal.repliesEndedAtMs, journal.droppedMs]).toEqual([[30, 90], 60])
  })

  it.each<[string, readonly Step[], boolean]>([
    ['when nothing came for so long', [[700, turnEnd]], true],
    ['not yet when something came later', [[701, turnEnd]], false],
    ['not while the tool runs', [[0, (journal) => journal.toolStarted()]], false],
    ['not while the model speaks', [[0, speech]], false],
    [
      'not yet when the tool ended later',
      [
        [0, (journal) => journal.toolStarted()],
        [701, (journal) => journal.toolEnded()],
      ],
      false,
    ],
    ['also while the gate is shut', [[0, (journal) => journal.gate(true)]], true],
  ])('is quiet %s', (_, steps, isQuiet) => {
    expect(journalOf(steps).isQuietFor(300)).toBe(isQuiet)
  })
})
