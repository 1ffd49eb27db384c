import { describe, expect, it } from 'vitest'
import type { Fact } from '../src/trace/fact.ts'
import type { Item, LaneId } from '../src/trace/lane.ts'
import { lanesOf } from '../src/trace/lanes.ts'

/** A frame of 20 ms. */
const frame = (atMs: number, fate: 'sent' | 'held' | 'dropped', reason?: string): Fact => ({
  atMs,
  type: 'offered',
  kind: 'audio',
  fate,
  durationMs: 20,
  level: 0.1,
  ...(reason !== undefined && { reason }),
})

const heard = (atMs: number, count = 1): Fact[] =>
  Array.from({ length: count }, () => ({ atMs, type: 'server-heard', durationMs: 20 }))

/** Items of a lane in brief: state, from, to, label. */
const brief = (facts: readonly Fact[], lane: LaneId): readonly unknown[] =>
  lanesOf(facts)
    .items.filter((item) => item.lane === lane)
    .map(({ state, fromMs, toMs, label }: Item) => [state, fromMs, toMs, label])

describe('the lane of the microphone', () => {
  it.each<[string, readonly Fact[], readonly unknown[]]>([
    [
      'joins frames that fared alike',
      [frame(0, 'sent'), frame(20, 'sent')],
      [['sent', 0, 40, 'sent at once']],
    ],
    [
      'begins anew where the fate changes',
      [frame(0, 'sent'), frame(20, 'dropped', 'policy')],
      [
        ['sent', 0, 20, 'sent at once'],
        ['dropped', 20, 40, 'dropped'],
      ],
    ],
    [
      'begins anew behind a gap',
      [frame(0, 'sent'), frame(1000, 'sent')],
      [
        ['sent', 0, 20, 'sent at once'],
        ['sent', 1000, 1020, 'sent at once'],
      ],
    ],
    [
      'lets sound go on in its own time where frames come late and several at once',
      [frame(0, 'sent'), frame(90, 'sent'), frame(90, 'sent'), frame(91, 'sent')],
      [['sent', 0, 80, 'sent at once']],
    ],
    ['shows what waits as held', [frame(0, 'held', 'tool-call')], [['held', 0, 20, 'held']]],
    [
      'shows what waited as replayed once the gate is open',
      [frame(0, 'held', 'tool-call'), frame(20, 'held', 'tool-call'), { atMs: 90, type: 'gate-opened' }],
      [['replayed', 0, 40, 'held, then sent']],
    ],
    [
      'gives up the oldest that waits',
      [
        frame(0, 'held', 'tool-call'),
        frame(20, 'held', 'tool-call'),
        { atMs: 21, type: 'given-up', kind: 'audio', reason: 'overflow' },
        { atMs: 90, type: 'gate-opened' },
      ],
      [
        ['dropped', 0, 20, 'dropped'],
        ['replayed', 20, 40, 'held, then sent'],
      ],
    ],
    [
      'does not take a text that is given up for audio',
      [frame(0, 'held', 'tool-call'), { atMs: 21, type: 'given-up', kind: 'text', reason: 'closed' }],
      [['held', 0, 20, 'held']],
    ],
    [
      'shows as dropped what never arrived',
      [frame(0, 'sent'), frame(20, 'sent'), { atMs: 500, type: 'never-arrived', ranges: [[1, 1]] }],
      [
        ['sent', 0, 20, 'sent at once'],
        ['dropped', 20, 40, 'dropped'],
      ],
    ],
    [
      'shows what lies between two turns, and what of it leaves with the next',
      [
        frame(0, 'held', 'pre-roll'),
        frame(20, 'held', 'pre-roll'),
        { atMs: 21, type: 'given-up', kind: 'audio', reason: 'outside-bracket' },
        { atMs: 40, type: 'offered', kind: 'activityStart', fate: 'sent', durationMs: 0, level: 0 },
      ],
      [
        ['idle', 0, 20, 'between turns'],
        ['replayed', 20, 40, 'held, then sent'],
        ['signal', 40, 40, 'start'],
      ],
    ],
    [
      'lets the pre-roll wait with a start that waits',
      [
        frame(0, 'held', 'pre-roll'),
        {
          atMs: 40,
          type: 'offered',
          kind: 'activityStart',
          fate: 'held',
          reason: 'tool-call',
          durationMs: 0,
          level: 0,
        },
        { atMs: 90, type: 'gate-opened' },
      ],
      [
        ['replayed', 0, 20, 'held, then sent'],
        ['held', 40, 40, 'start'],
      ],
    ],
  ])('%s', (_, facts, items) => {
    expect(brief(facts, 'microphone')).toEqual(items)
  })

  it('tells when what was held left, and why it waited', () => {
    const facts = [frame(0, 'held', 'tool-call'), { atMs: 1500, type: 'gate-opened' }] as const
    expect(lanesOf(facts).items[0]?.facts).toEqual([
      ['fate', 'held, then sent'],
      ['frames', '1, 20 ms of sound'],
      ['left', 'all at once, at 1.50 s'],
      ['why', 'tool-call'],
    ])
  })
})

describe('what the server heard', () => {
  const live = Array.from({ length: 10 }, (_, index) => heard(index * 20)).flat()
  it.each<[string, readonly Fact[], readonly unknown[]]>([
    ['is live while it comes as it is said', live, [['sent', 0, 200, 'live']]],
    [
      'is at once where it comes faster',
      [...live, ...heard(2000, 30)],
      [
        ['sent', 0, 200, 'live'],
        ['replayed', 2000, 2000, '600 ms at once'],
      ],
    ],
    [
      'is one burst where it falters',
      [...live, ...heard(2000, 13), ...heard(2016, 1), ...heard(2032, 16)],
      [
        ['sent', 0, 200, 'live'],
        ['replayed', 2000, 2000, '600 ms at once'],
      ],
    ],
    ['stays live where a timer was late', [...live, ...heard(260, 4)], [['sent', 0, 280, 'live']]],
    [
      'has what the server objects to',
      [{ atMs: 5, type: 'server-objected', reason: 'audio during a call' }],
      [['dead', 5, 5, 'violation']],
    ],
  ])('%s', (_, facts, items) => {
    expect(brief(facts, 'server')).toEqual(items)
  })
})

describe('turns', () => {
  const turn = { atMs: 0, type: 'server-turn', index: 0, source: 'speech', startMs: 100 } as const
  it.each<[string, readonly Fact[], readonly unknown[]]>([
    ['go on until they end', [turn], [['turn', 100, undefined, 'turn 1']]],
    ['end where the server says', [turn, { ...turn, atMs: 900, endMs: 800 }], [['turn', 100, 800, 'turn 1']]],
    [
      'end with the session',
      [turn, { atMs: 300, type: 'server-closed', code: 1008, reason: '', by: 'server' }],
      [['turn', 100, 300, 'turn 1']],
    ],
    [
      'are brackets where they were marked',
      [{ ...turn, source: 'brackets' }],
      [['turn', 100, undefined, 'bracket 1']],
    ],
  ])('%s', (_, facts, items) => {
    expect(brief(facts, 'turns')).toEqual(items)
  })
})

describe('the gate', () => {
  const shut = { atMs: 100, type: 'gate-shut', hold: 'tool-call', id: 'a' } as const
  const setup = { atMs: 0, type: 'gate-shut', hold: 'setup' } as const
  it.each<[string, readonly Fact[], readonly unknown[]]>([
    [
      'is shut until its call is settled',
      [shut, { atMs: 300, type: 'settled', id: 'a', as: 'answered' }],
      [['shut', 100, 300, 'tool-call']],
    ],
    [
      'is shut by each hold on its own',
      [setup, shut, { atMs: 150, type: 'set-up', epoch: 1 }],
      [
        ['shut', 0, 150, 'setup'],
        ['shut', 100, undefined, 'tool-call'],
      ],
    ],
    [
      'is not opened by another call',
      [shut, { atMs: 300, type: 'settled', id: 'b', as: 'answered' }],
      [['shut', 100, undefined, 'tool-call']],
    ],
    [
      'has no hold left once it is open',
      [setup, shut, { atMs: 400, type: 'gate-opened' }],
      [
        ['shut', 0, 400, 'setup'],
        ['shut', 100, 400, 'tool-call'],
      ],
    ],
    [
      'ends with the session',
      [shut, { atMs: 200, type: 'closed', epoch: 1, code: 1006, reason: '' }],
      [['shut', 100, 200, 'tool-call']],
    ],
  ])('%s', (_, facts, items) => {
    expect(brief(facts, 'gate')).toEqual(items)
  })
})

describe('tool calls', () => {
  const called = { atMs: 10, type: 'called', id: 'a', name: 'get_weather', args: { city: 'Dublin' } } as const
  it.each<[string, readonly Fact[], readonly unknown[]]>([
    ['run until they are settled', [called], [['running', 10, undefined, 'get_weather']]],
    [
      'are answered',
      [called, { atMs: 50, type: 'settled', id: 'a', as: 'answered' }],
      [['answered', 10, 50, 'get_weather']],
    ],
    [
      'are cancelled',
      [called, { atMs: 50, type: 'settled', id: 'a', as: 'cancelled' }],
      [['failed', 10, 50, 'get_weather: cancelled']],
    ],
    [
      'are lost with the session',
      [called, { atMs: 60, type: 'closed', epoch: 1, code: 1008, reason: '' }],
      [['failed', 10, 60, 'get_weather: lost']],
    ],
  ])('%s', (_, facts, items) => {
    expect(brief(facts, 'tools')).toEqual(items)
  })
})

describe('the model', () => {
  const spoke = (atMs: number): Fact => ({ atMs, type: 'spoke', durationMs: 100 })
  const says = (atMs: number, text: string): Fact => ({ atMs, type: 'transcript', who: 'model', text })
  it.each<[string, readonly Fact[], readonly unknown[]]>([
    ['is heard behind what is there', [spoke(0), spoke(1), spoke(2)], [['speaking', 0, 300, 'speech']]],
    [
      'begins anew after a silence',
      [spoke(0), spoke(900)],
      [
        ['speaking', 0, 100, 'speech'],
        ['speaking', 900, 1000, 'speech'],
      ],
    ],
    [
      'is cut off when the user speaks',
      [spoke(0), spoke(1), { atMs: 50, type: 'interrupted' }],
      [['interrupted', 0, 50, 'speech']],
    ],
    [
      'is not interrupted once it has been heard',
      [spoke(0), { atMs: 150, type: 'interrupted' }],
      [['speaking', 0, 100, 'speech']],
    ],
    [
      'has its words, those that come before it too',
      [says(0, 'It '), spoke(1), says(2, 'rains.')],
      [['speaking', 1, 101, 'It rains.']],
    ],
    [
      'does not give the words of the next to the last',
      [spoke(0), { atMs: 50, type: 'interrupted' }, says(60, 'Yes'), spoke(61)],
      [
        ['interrupted', 0, 50, 'speech'],
        ['speaking', 61, 161, 'Yes'],
      ],
    ],
  ])('%s', (_, facts, items) => {
    expect(brief(facts, 'model')).toEqual(items)
  })
})

describe('the connection', () => {
  const connecting = { atMs: 0, type: 'connecting', epoch: 1 } as const
  const setUp = { atMs: 30, type: 'set-up', epoch: 1 } as const
  it.each<[string, readonly Fact[], readonly unknown[]]>([
    [
      'waits for the setup, then is open',
      [connecting, setUp],
      [
        ['connecting', 0, 30, 'connecting'],
        ['open', 30, undefined, 'epoch 1'],
      ],
    ],
    [
      'is followed by another',
      [connecting, setUp, { atMs: 90, type: 'connecting', epoch: 2 }, { atMs: 99, type: 'set-up', epoch: 2 }],
      [
        ['connecting', 0, 30, 'connecting'],
        ['open', 30, 90, 'epoch 1'],
        ['connecting', 90, 99, 'connecting'],
        ['open', 99, undefined, 'epoch 2'],
      ],
    ],
    [
      'is closed by the server',
      [connecting, setUp, { atMs: 90, type: 'closed', epoch: 1, code: 1008, reason: 'no' }],
      [
        ['connecting', 0, 30, 'connecting'],
        ['open', 30, 90, 'epoch 1'],
        ['dead', 90, 90, 'closed: 1008'],
      ],
    ],
    [
      'is closed by the page without a word',
      [connecting, setUp, { atMs: 90, type: 'closed', epoch: 1, reason: '' }],
      [
        ['connecting', 0, 30, 'connecting'],
        ['open', 30, 90, 'epoch 1'],
      ],
    ],
    ['shows a fault', [{ atMs: 9, type: 'fault', name: 'cut' }], [['fault', 9, 9, 'cut']]],
  ])('%s', (_, facts, items) => {
    expect(brief(facts, 'connection')).toEqual(items)
  })
})

it('ends with the last thing that happened, not with what was found later', () => {
  const facts: readonly Fact[] = [frame(0, 'sent'), { atMs: 9000, type: 'never-arrived', ranges: [] }]
  expect(lanesOf(facts).endMs).toBe(20)
})

it('looks at no more frames than there are, whatever a file says of those that never arrived', () => {
  const facts: readonly Fact[] = [
    frame(0, 'sent'),
    { atMs: 9000, type: 'never-arrived', ranges: [[0, 1_000_000_000]] },
  ]
  expect(lanesOf(facts).frames.map(({ fate }) => fate)).toEqual(['dropped'])
})
