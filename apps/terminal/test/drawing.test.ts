import { describe, expect, it } from 'vitest'
import { drawLegend, drawTimeline } from '../src/draw-timeline.ts'
import { narrate } from '../src/narration.ts'
import type { Paint } from '../src/paint.ts'
import type { ModeReport } from '../src/report.ts'
import { drawTable } from '../src/table.ts'
import { clip, wrap } from '../src/text.ts'
import { believed, microphoneLane, type Offer, type TimelineEntry } from '../src/timeline.ts'

const plain: Paint = (_, text) => text
const marked: Paint = (style, text) => `<${style}:${text}>`
const width = 49

const dead: ModeReport = {
  mode: 'push-to-talk',
  session: { alive: false, code: 1008, reason: 'Not implemented.', atMs: 2481 },
  speech: { offeredMs: 3000, receivedMs: 1000, lostMs: 2000, lostSpokenMs: 1500 },
  signals: { offered: 4, received: 3, lost: ['activityEnd'] },
  turns: { spoken: 2, understood: 1, lastEnded: false, answered: false },
  window: { grace: 0, violations: 1 },
  toolResponses: 0,
  timeline: [],
}

const well: ModeReport = {
  ...dead,
  session: { alive: true },
  speech: { offeredMs: 3000, receivedMs: 3000, lostMs: 0, lostSpokenMs: 0 },
  signals: { offered: 4, received: 4, lost: [] },
  turns: { spoken: 2, understood: 2, lastEnded: true, answered: true },
}

const unknown: ModeReport = {
  ...well,
  mode: 'hands-free',
  speech: { offeredMs: 3000, receivedMs: null, lostMs: null, lostSpokenMs: null },
  signals: { offered: 4, received: null, lost: null },
  turns: { spoken: 2, understood: null, lastEnded: null, answered: true },
}

describe('the lane of the microphone', () => {
  it('joins consecutive frames with the same fate', () => {
    const audio = (frame: number, fate: Offer['fate']): Offer => ({
      cue: { kind: 'audio', frame, samples: new Int16Array(0) },
      fate,
    })
    const offers: Offer[] = [
      { cue: { kind: 'activityStart', frame: 1 }, fate: 'sent' },
      audio(1, 'sent'),
      audio(2, 'sent'),
      audio(3, 'dropped'),
      { cue: { kind: 'activityEnd', frame: 4 }, fate: 'dropped' },
      audio(9, 'dropped'),
    ]
    expect(microphoneLane(offers, believed)).toEqual([
      { lane: 'mic', state: 'sent', fromMs: 20, toMs: 60 },
      { lane: 'mic', state: 'lost', fromMs: 60, toMs: 80 },
      { lane: 'mic', state: 'lost', fromMs: 180, toMs: 200 },
      { lane: 'mic', state: 'activityStart', atMs: 20, fate: 'sent' },
      { lane: 'mic', state: 'activityEnd', atMs: 80, fate: 'lost' },
    ])
  })
})

describe('the timeline', () => {
  const levels = [...new Array(50).fill(0), ...new Array(50).fill(4000), ...new Array(100).fill(0)]
  const view = { levels, playedMs: 4000, spanMs: 4000, width }

  it('shows what is held, and when it leaves', () => {
    const entries: TimelineEntry[] = [
      { lane: 'mic', state: 'activityStart', atMs: 1000, fate: 'held' },
      { lane: 'mic', state: 'sent', fromMs: 0, toMs: 1000 },
      { lane: 'mic', state: 'held', fromMs: 1000, toMs: 2000 },
      { lane: 'gate', state: 'open', fromMs: 0, toMs: 900 },
      { lane: 'gate', state: 'shut', fromMs: 900, toMs: 2400 },
      { lane: 'mic', state: 'replayed', atMs: 2400 },
      { lane: 'gate', state: 'open', fromMs: 2400, toMs: 4000 },
      { lane: 'tool', state: 'running', fromMs: 900, toMs: 2400 },
      { lane: 'model', state: 'speaking', fromMs: 2400, toMs: 3000 },
      { lane: 'model', state: 'interrupted', atMs: 3000 },
    ]
    expect(drawTimeline({ ...view, entries }, plain)).toEqual([
      '  mic              △▆▆▆▆▆▆▆▆▆                    ',
      '  sent   ━━━━━━━━━━░░░░░░░░░░',
      '  gate   ─────────███████████████»───────────────',
      '  tool            ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓',
      '  model                          ▚▚▚▚▚▚┤',
      '         0 s·······1 s·······2 s·······3 s·······',
    ])
  })

  it('shows a close, in glyphs as well as in colours', () => {
    const entries: TimelineEntry[] = [
      { lane: 'mic', state: 'sent', fromMs: 0, toMs: 400 },
      { lane: 'mic', state: 'lost', fromMs: 400, toMs: 1000 },
      { lane: 'mic', state: 'activityEnd', atMs: 1000, fate: 'lost' },
      { lane: 'session', state: 'closed', atMs: 400, code: 1008, reason: '' },
    ]
    expect(drawTimeline({ ...view, levels: [], entries, playedMs: 0, width: 25 }, marked)).toEqual([
      '<faint:  mic    ><speech: ><bad:┃><speech:  ><bad:✗><speech:           >',
      '<faint:  sent   ><good:━><bad:✖××>',
      '<faint:  gate   > <bad:┃>',
      '<faint:  tool   > <bad:┃>',
      '<faint:  model  > <bad:┃>',
      '         <faint:0 s·1 s·2 s·3 s·>',
    ])
  })

  it('shows the worst fate within a column, and nothing that took no time', () => {
    const entries: TimelineEntry[] = [
      { lane: 'mic', state: 'lost', fromMs: 0, toMs: 20 },
      { lane: 'mic', state: 'held', fromMs: 120, toMs: 140 },
      { lane: 'mic', state: 'sent', fromMs: 20, toMs: 300 },
      { lane: 'gate', state: 'shut', fromMs: 105, toMs: 105 },
      { lane: 'session', state: 'closed', atMs: 4000, code: 1008, reason: '' },
    ]
    const loudest = [...levels.slice(0, -50), ...new Array(50).fill(30_000)]
    expect(drawTimeline({ ...view, levels: loudest, entries, width: 25 }, plain)).toEqual([
      '  mic        ▆▆▆▆    ███┃',
      '  sent   ×━             ✖',
      '  gate                  ┃',
      '  tool                  ┃',
      '  model                 ┃',
      '         0 s·1 s·2 s·3 s·',
    ])
  })

  it.each([
    [4300, '0 s······1 s······2 s······3 s·······4 s'],
    [40_000, '0 s·4 s·8 s·12 s16 s20 s24 s28 s32 s36 s'],
  ])('has an axis with as many marks as fit for %i ms', (spanMs, axis) => {
    const drawn = drawTimeline({ ...view, spanMs, entries: [] }, plain)
    expect(drawn.at(-1)).toBe(`         ${axis}`)
  })

  it('has a legend that fits', () => {
    expect(drawLegend(42, plain)[0]).toBe('▂▅▇ speech   ▲▼ activityStart, activityEnd')
    expect(drawLegend(50, plain)).toEqual([
      '▂▅▇ speech   ▲▼ activityStart, activityEnd',
      '━ sent at once   ░ △▽ held   » held input leaves',
      '× ✗ never arrived   █ gate shut   ▓ tool running',
      '▚ model speaking   ┤ interrupted',
      '✖ session closed',
    ])
  })
})

describe('the table', () => {
  it('compares the acts', () => {
    const acts = [
      { act: 'bare-sdk', modes: [dead] },
      { act: 'livegate', modes: [well] },
    ] as const
    expect(drawTable(acts, 100, plain)).toEqual([
      '                   bare SDK       Livegate',
      '─────────────────────────────────────────────────',
      'push-to-talk',
      '  session          ✗ dead, 1008   ✓ alive',
      '  audio lost       ✗ 2000 ms      ✓ 0 ms',
      '  speech lost      ✗ 1500 ms      ✓ 0 ms',
      '  signals lost     ✗ 1 of 4       ✓ 0 of 4',
      '  turns understood ✗ 1 of 2       ✓ 2 of 2',
      "  last turn's end  ✗ not heard    ✓ heard",
      '  last answered    ✗ no           ✓ yes',
      '─────────────────────────────────────────────────',
    ])
  })

  it('has each mode in its own rows, and narrower columns if there is less room', () => {
    const acts = (['bare-sdk', 'boolean-flag', 'livegate'] as const).map((act) => ({
      act,
      modes: [dead, { ...well, mode: 'hands-free' as const }],
    }))
    const drawn = drawTable(acts, 63, plain)
    expect([drawTable(acts, 64, plain)[0], drawn[0]]).toEqual([
      '                   bare SDK       boolean flag   Livegate',
      '                   bare SDK     boolean flag Livegate',
    ])
    expect(drawn.filter((line) => /^\S|session/.test(line))).toEqual([
      '─'.repeat(58),
      'push-to-talk',
      '  session          ✗ dead, 1008 ✗ dead, 1008 ✗ dead, 1008',
      '─'.repeat(58),
      'hands-free',
      '  session          ✓ alive      ✓ alive      ✓ alive',
      '─'.repeat(58),
    ])
  })

  it('has its acts in separate tables if they do not fit side by side', () => {
    const acts = (['bare-sdk', 'livegate'] as const).map((act) => ({ act, modes: [dead] }))
    const drawn = drawTable(acts, 37, plain)
    expect(drawn.filter((line) => line.length > 37)).toEqual([])
    expect(drawn.filter((line) => /^\S|bare|Livegate|session/.test(line))).toEqual([
      '                   bare SDK',
      '─'.repeat(34),
      'push-to-talk',
      '  session          ✗ dead, 1008',
      '─'.repeat(34),
      '                   Livegate',
      '─'.repeat(34),
      'push-to-talk',
      '  session          ✗ dead, 1008',
      '─'.repeat(34),
    ])
  })

  it('says what is unknown', () => {
    expect(drawTable([{ act: 'livegate', modes: [unknown] }], 60, plain).slice(2, -1)).toEqual([
      'hands-free',
      '  session          ✓ alive',
      '  audio lost         unknown',
      '  speech lost        unknown',
      '  signals lost       unknown',
      '  turns understood   unknown',
      "  last turn's end    unknown",
      '  last answered    ✓ yes',
    ])
  })
})

describe('the sentences', () => {
  it.each<[ModeReport, string]>([
    [
      dead,
      'Push-to-talk: The server closed the session at 2.48 s: 1008 “Not implemented.” 2000 of 3000 ms of audio were lost, 1500 ms of it speech, and with it the activityEnd. The server understood 1 of 2 turns and never heard the end of the last.',
    ],
    [
      well,
      'Push-to-talk: The session lives. All 3000 ms of audio and all 4 signals arrived, in order. The server understood 2 of 2 turns and answered the last.',
    ],
    [
      { ...dead, speech: { ...dead.speech, lostSpokenMs: 2000 }, signals: { ...dead.signals, lost: [] } },
      'Push-to-talk: The server closed the session at 2.48 s: 1008 “Not implemented.” 2000 of 3000 ms of audio were lost, all of it speech. The server understood 1 of 2 turns and never heard the end of the last.',
    ],
    [
      {
        ...well,
        signals: { offered: 4, received: 1, lost: ['activityEnd', 'activityStart', 'activityEnd'] },
        turns: { ...well.turns, answered: false },
      },
      'Push-to-talk: The session lives. All 3000 ms of audio arrived, in order, but not activityEnd, activityStart and activityEnd. The server understood 2 of 2 turns and left the last unanswered.',
    ],
    [
      { ...well, mode: 'hands-free', signals: { offered: 0, received: 0, lost: [] } },
      'Hands-free: The session lives. All 3000 ms of audio arrived, in order. The server understood 2 of 2 turns and answered the last.',
    ],
    [
      { ...unknown, turns: { ...unknown.turns, answered: false } },
      'Hands-free: The session lives. Google does not tell how much of 3000 ms of audio arrived. No reply was finished.',
    ],
    [
      unknown,
      'Hands-free: The session lives. Google does not tell how much of 3000 ms of audio arrived. A reply was finished.',
    ],
  ])('tell what happened', (report, sentences) => {
    expect(narrate(report)).toBe(sentences)
  })

  it('are broken between words, and clipped if they must be one line', () => {
    expect(wrap('a bc', 6)).toEqual(['  a bc'])
    expect(wrap('a bc def ghij', 8)).toEqual(['  a bc', '  def', '  ghij'])
    expect([clip('abcdef', 6), clip('abcdef', 5)]).toEqual(['abcdef', 'abcd…'])
  })
})
