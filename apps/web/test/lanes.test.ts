import { describe, expect, it } from 'vitest'
import type { Fact } from '../src/trace/fact.ts'
import type { Item, LaneId } from '../src/trace/lane.ts'
import { LaneBuilder, lanesOf } from '../src/trace/lanes.ts'

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

/** A fact that concerns no lane. */
const elsewhere: Fact = { atMs: 120, type: 'turn-complete' }

/** An input other than audio. */
const signal = (
  atMs: number,
  kind: 'activityStart' | 'activityEnd' | 'audioStreamEnd' | 'text' | 'video',
  fate: 'sent' | 'held' | 'dropped' = 'sent',
  reason?: string,
): Fact => ({
  atMs,
  type: 'offered',
  kind,
  fate,
  durationMs: 0,
  level: 0,
  ...(reason !== undefined && { reason }),
})

const heard = (atMs: number, count = 1): Fact[] =>
  Array.from({ length: count }, () => ({ atMs, type: 'server-heard', durationMs: 20 }))

/** The items of a lane in brief: state, from, to, label. */
const brief = (facts: readonly Fact[], lane: LaneId): readonly unknown[] => {
  const builder = new LaneBuilder()
  for (const fact of facts) {
    builder.add(fact)
    // A live run is drawn while facts come.
    builder.lanes()
  }
  return builder
    .lanes()
    .items.filter((item) => item.lane === lane)
    .map(({ state, fromMs, toMs, label }: Item) => [state, fromMs, toMs, label])
}

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
    [
      'lets sound go on in its own time also later',
      [frame(1000, 'sent'), frame(1090, 'sent')],
      [['sent', 1000, 1040, 'sent at once']],
    ],
    [
      'leaves as it is what has not waited when the gate opens',
      [frame(0, 'sent'), { atMs: 90, type: 'gate-opened' }],
      [['sent', 0, 20, 'sent at once']],
    ],
    [
      'shows the pre-roll as held while its start waits',
      [frame(0, 'held', 'pre-roll'), signal(40, 'activityStart', 'held', 'tool-call')],
      [
        ['held', 0, 20, 'held'],
        ['held', 40, 40, 'start'],
      ],
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
        signal(40, 'activityStart'),
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
        signal(40, 'activityStart', 'held', 'tool-call'),
        { atMs: 90, type: 'gate-opened' },
      ],
      [
        ['replayed', 0, 20, 'held, then sent'],
        ['replayed', 40, 40, 'start'],
      ],
    ],
    [
      'gives up the oldest message that waits, and sends the others once the gate is open',
      [
        signal(5, 'text', 'held', 'tool-call'),
        signal(6, 'activityStart', 'held', 'tool-call'),
        signal(7, 'text', 'held', 'tool-call'),
        { atMs: 8, type: 'given-up', kind: 'text', reason: 'overflow' },
        { atMs: 90, type: 'gate-opened' },
        { atMs: 91, type: 'given-up', kind: 'text', reason: 'closed' },
        signal(95, 'text', 'held', 'tool-call'),
      ],
      [
        ['dropped', 5, 5, 'text'],
        ['replayed', 6, 6, 'start'],
        ['replayed', 7, 7, 'text'],
        ['held', 95, 95, 'text'],
      ],
    ],
    [
      'tells two reasons apart',
      [frame(0, 'dropped', 'policy'), frame(20, 'dropped', 'overflow'), frame(40, 'dropped', 'overflow')],
      [
        ['dropped', 0, 20, 'dropped'],
        ['dropped', 20, 60, 'dropped'],
      ],
    ],
    [
      'gives up nothing where nothing waits',
      [frame(0, 'sent'), { atMs: 21, type: 'given-up', kind: 'audio', reason: 'overflow' }],
      [['sent', 0, 20, 'sent at once']],
    ],
    [
      'lets what lies between two turns lie where the next turn does not begin',
      [
        frame(0, 'held', 'pre-roll'),
        signal(20, 'activityEnd'),
        signal(30, 'activityStart', 'dropped', 'policy'),
        { atMs: 90, type: 'gate-opened' },
      ],
      [
        ['idle', 0, 20, 'between turns'],
        ['signal', 20, 20, 'end'],
        ['dropped', 30, 30, 'start'],
      ],
    ],
    [
      'lets the pre-roll leave once',
      [frame(0, 'held', 'pre-roll'), signal(20, 'activityStart'), signal(60, 'activityStart')],
      [
        ['replayed', 0, 20, 'held, then sent'],
        ['signal', 20, 20, 'start'],
        ['signal', 60, 60, 'start'],
      ],
    ],
    [
      'leaves as they are those of which it is known why they never arrived',
      [
        frame(0, 'dropped', 'policy'),
        frame(20, 'held', 'outside-bracket'),
        { atMs: 500, type: 'never-arrived', ranges: [[0, 2]] },
      ],
      [
        ['dropped', 0, 20, 'dropped'],
        ['idle', 20, 40, 'between turns'],
      ],
    ],
    [
      'has what is said besides, and no pictures',
      [signal(5, 'text', 'held', 'tool-call'), signal(6, 'video'), signal(7, 'audioStreamEnd')],
      [
        ['held', 5, 5, 'text'],
        ['signal', 7, 7, 'stream end'],
      ],
    ],
  ])('%s', (_, facts, items) => {
    expect(brief(facts, 'microphone')).toEqual(items)
  })

  it('shows of a signal its kind and its fate', () => {
    const facts: readonly Fact[] = [
      signal(1, 'activityStart', 'held', 'tool-call'),
      signal(2, 'text', 'held', 'tool-call'),
      { atMs: 3, type: 'given-up', kind: 'text', reason: 'overflow' },
      { atMs: 4, type: 'gate-opened' },
      signal(5, 'text', 'held', 'tool-call'),
      signal(6, 'activityEnd'),
    ]
    expect(lanesOf(facts).items.map((item) => item.facts)).toEqual([
      [
        ['what', 'activityStart'],
        ['fate', 'held, then sent: tool-call'],
        ['left', 'at 4 ms'],
      ],
      [
        ['what', 'text'],
        ['fate', 'dropped: overflow'],
      ],
      [
        ['what', 'text'],
        ['fate', 'held: tool-call'],
      ],
      [
        ['what', 'activityEnd'],
        ['fate', 'sent at once'],
      ],
    ])
  })

  it('shows of frames that never arrived when the pre-roll was sent, and why', () => {
    const facts: Fact[] = [
      frame(0, 'held', 'pre-roll'),
      signal(40, 'activityStart'),
      frame(40, 'sent'),
      { atMs: 90, type: 'gate-opened' },
      { atMs: 500, type: 'never-arrived', ranges: [[1, 1]] },
    ]
    expect(lanesOf(facts).frames).toEqual([
      { atMs: 0, durationMs: 20, level: 0.1, fate: 'replayed', reason: 'pre-roll', leftMs: 40 },
      {
        atMs: 20,
        durationMs: 20,
        level: 0.1,
        fate: 'dropped',
        reason: 'sent, but it never reached the server',
        leftMs: undefined,
      },
    ])
  })

  it('shows when held frames were sent, and why they were held', () => {
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
    [
      'begins anew behind a gap',
      [...live, ...heard(700)],
      [
        ['sent', 0, 200, 'live'],
        ['sent', 700, 720, 'live'],
      ],
    ],
    [
      'is live again behind a burst',
      [...live, ...heard(2000, 30), ...heard(2140), ...heard(2160)],
      [
        ['sent', 0, 200, 'live'],
        ['replayed', 2000, 2000, '600 ms at once'],
        ['sent', 2140, 2180, 'live'],
      ],
    ],
    ['is live where no more than a few came at once', heard(2000, 5), [['sent', 2000, 2020, 'live']]],
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

it('shows how much the server heard, and how long a burst took', () => {
  const facts = [...heard(0), ...heard(20), ...heard(2000, 20), ...heard(2016, 10)]
  expect(lanesOf(facts).items.map((item) => item.facts)).toEqual([
    [['heard', '40 ms of sound']],
    [
      ['heard', '600 ms of sound'],
      ['within', '16 ms'],
    ],
  ])
})

describe('turns', () => {
  const turn = { atMs: 0, type: 'server-turn', index: 0, source: 'speech', startMs: 100 } as const
  it.each<[string, readonly Fact[], readonly unknown[]]>([
    ['go on until they end', [turn, elsewhere], [['turn', 100, undefined, 'turn 1']]],
    ['end where the server says', [turn, { ...turn, atMs: 900, endMs: 800 }], [['turn', 100, 800, 'turn 1']]],
    [
      'end with the session',
      [turn, { atMs: 300, type: 'server-closed', code: 1008, reason: '', by: 'server' }],
      [['turn', 100, 300, 'turn 1']],
    ],
    [
      'end with the first session that ends, unless they have ended',
      [
        turn,
        { ...turn, index: 1, startMs: 120, endMs: 140 },
        { atMs: 300, type: 'server-closed', code: 1008, reason: '', by: 'server' },
        { atMs: 400, type: 'server-closed', code: 1000, reason: '', by: 'client' },
      ],
      [
        ['turn', 100, 300, 'turn 1'],
        ['turn', 120, 140, 'turn 2'],
      ],
    ],
    [
      'end with the session as the page saw it, if the server is gone and says nothing',
      [
        turn,
        { atMs: 300, type: 'closed', epoch: 1, code: 1006, reason: '' },
        { ...turn, index: 1, startMs: 310 },
      ],
      [
        ['turn', 100, 300, 'turn 1'],
        ['turn', 310, 310, 'turn 2'],
      ],
    ],
    [
      'end as the server saw it, if it does say so',
      [
        turn,
        { atMs: 300, type: 'closed', epoch: 1, reason: '' },
        { atMs: 320, type: 'server-closed', code: 1000, reason: '', by: 'client' },
      ],
      [['turn', 100, 320, 'turn 1']],
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

it('shows how the server recognised a turn, and when it ended', () => {
  const turn = { atMs: 0, type: 'server-turn', startMs: 100 } as const
  const facts: Fact[] = [
    { ...turn, index: 0, source: 'brackets', endMs: 1500 },
    { ...turn, index: 1, source: 'clientContent' },
  ]
  expect(lanesOf(facts).items.map((item) => item.facts)).toEqual([
    [
      ['recognised by', 'between activityStart and activityEnd'],
      ['end', '1.50 s'],
    ],
    [
      ['recognised by', 'client content'],
      ['end', 'unknown'],
    ],
  ])
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
      [setup, shut, elsewhere, { atMs: 150, type: 'set-up', epoch: 1 }],
      [
        ['shut', 0, 150, 'setup'],
        ['shut', 100, undefined, 'tool-call'],
      ],
    ],
    [
      'is not opened by a call where a hold of another name has its id, nor by another session',
      [
        { ...shut, hold: 'flag' },
        { atMs: 300, type: 'settled', id: 'a', as: 'answered' },
        { atMs: 310, type: 'set-up', epoch: 2 },
      ],
      [['shut', 100, undefined, 'flag']],
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

it('shows the name of a hold, and the call that it belongs to', () => {
  const facts: Fact[] = [
    { atMs: 0, type: 'gate-shut', hold: 'setup' },
    { atMs: 5, type: 'gate-shut', hold: 'tool-call', id: 7 },
  ]
  expect(lanesOf(facts).items.map((item) => item.facts)).toEqual([
    [['held by', 'setup']],
    [
      ['held by', 'tool-call'],
      ['call', '7'],
    ],
  ])
})

describe('tool calls', () => {
  const called = { atMs: 10, type: 'called', id: 'a', name: 'get_weather', args: { city: 'Dublin' } } as const
  it.each<[string, readonly Fact[], readonly unknown[]]>([
    ['run until they are settled', [called, elsewhere], [['running', 10, undefined, 'get_weather']]],
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
      'are settled once: an answer behind a cancellation is nothing',
      [
        called,
        { atMs: 50, type: 'settled', id: 'a', as: 'cancelled' },
        { atMs: 90, type: 'settled', id: 'a', as: 'answered' },
      ],
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

it('shows the details of a call, and nothing for a call that was never made', () => {
  const facts: Fact[] = [
    { atMs: 10, type: 'called', id: 7, name: 'get_weather', args: { city: 'Dublin' } },
    { atMs: 20, type: 'settled', id: 8, as: 'answered' },
  ]
  expect(lanesOf(facts).items.map((item) => item.facts)).toEqual([
    [
      ['call', 'get_weather({"city":"Dublin"})'],
      ['state', 'pending'],
      ['id', '7'],
    ],
  ])
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
      'is cut off when the session ends',
      [spoke(0), { atMs: 50, type: 'closed', epoch: 1, code: 1008, reason: '' }],
      [['interrupted', 0, 50, 'speech']],
    ],
    [
      'goes on where a message came up to 400 ms late, and anew behind an interruption',
      [spoke(0), spoke(500), { atMs: 550, type: 'interrupted' }, spoke(560)],
      [
        ['interrupted', 0, 550, 'speech'],
        ['speaking', 560, 660, 'speech'],
      ],
    ],
    [
      'has not the words of the user',
      [spoke(0), { atMs: 1, type: 'transcript', who: 'user', text: 'And now?' }],
      [['speaking', 0, 100, 'speech']],
    ],
    [
      'has its words, those that come before it too',
      [says(0, 'It '), spoke(1), says(2, 'rains.')],
      [['speaking', 1, 101, 'It rains.']],
    ],
    [
      'begins anew with the next turn, whose words come while the last is still heard',
      [spoke(0), says(1, 'It rains.'), { atMs: 50, type: 'turn-complete' }, says(60, 'Yes'), spoke(61)],
      [
        ['speaking', 0, 100, 'It rains.'],
        ['speaking', 100, 200, 'Yes'],
      ],
    ],
    [
      'begins at once where the last turn has been heard',
      [spoke(0), { atMs: 50, type: 'turn-complete' }, says(120, 'Yes'), spoke(130)],
      [
        ['speaking', 0, 100, 'speech'],
        ['speaking', 130, 230, 'Yes'],
      ],
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

it('shows the words of speech, if there are any, and how it ended', () => {
  const facts: Fact[] = [
    { atMs: 0, type: 'spoke', durationMs: 100 },
    { atMs: 1, type: 'transcript', who: 'model', text: ' It rains. ' },
    { atMs: 900, type: 'spoke', durationMs: 100 },
    { atMs: 950, type: 'interrupted' },
  ]
  expect(lanesOf(facts).items.map((item) => item.facts)).toEqual([
    [
      ['says', 'It rains.'],
      ['ended', 'complete'],
    ],
    [['ended', 'interrupted']],
  ])
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
    [
      'is closed in order',
      [connecting, setUp, { atMs: 90, type: 'closed', epoch: 1, code: 1000, reason: '' }],
      [
        ['connecting', 0, 30, 'connecting'],
        ['open', 30, 90, 'epoch 1'],
      ],
    ],
    [
      'is set up by its own setup',
      [connecting, { ...setUp, epoch: 2 }],
      [['connecting', 0, undefined, 'connecting']],
    ],
    ['shows a fault', [{ atMs: 9, type: 'fault', name: 'cut' }], [['fault', 9, 9, 'cut']]],
  ])('%s', (_, facts, items) => {
    expect(brief(facts, 'connection')).toEqual(items)
  })
})

it('shows the number of a connection and its end', () => {
  const facts: Fact[] = [
    { atMs: 0, type: 'connecting', epoch: 3 },
    { atMs: 9, type: 'fault', name: 'cut' },
    { atMs: 90, type: 'closed', epoch: 3, code: 1006, reason: '' },
    { atMs: 91, type: 'closed', epoch: 3, code: 1011, reason: 'no' },
  ]
  expect(lanesOf(facts).items.map((item) => item.facts)).toEqual([
    [['injected', 'cut']],
    [
      ['epoch', '3'],
      ['state', 'waiting for the setup'],
    ],
    [
      ['closed with', '1006'],
      ['reason', 'none given'],
    ],
    [
      ['closed with', '1011'],
      ['reason', 'no'],
    ],
  ])
})

it('ends with the last event, not with what was found afterwards', () => {
  const facts: readonly Fact[] = [frame(0, 'sent'), { atMs: 9000, type: 'never-arrived', ranges: [] }]
  expect(lanesOf(facts).endMs).toBe(20)
  const ends = [500, 100].map((atMs): Fact => ({ atMs, type: 'turn-complete' }))
  expect(lanesOf(ends).endMs).toBe(500)
})

it('visits no more frames than there are, whatever ranges a file contains', () => {
  const facts: readonly Fact[] = [
    frame(0, 'sent'),
    { atMs: 9000, type: 'never-arrived', ranges: [[0, 1_000_000_000]] },
  ]
  expect(lanesOf(facts).frames.map(({ fate }) => fate)).toEqual(['dropped'])
})
