import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Journal } from '../src/journal.ts'
import type { Options } from '../src/options.ts'
import type { ModeReport } from '../src/report.ts'
import { Show } from '../src/show.ts'
import type { Speech } from '../src/speech.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
afterEach(() => void vi.useRealTimers())

const options: Options = {
  policy: 'hold',
  toolMs: 500,
  file: undefined,
  server: { kind: 'emulator' },
  json: false,
}

/** A second of speech, in two seconds. */
const speech: Speech = {
  frames: [],
  levels: new Array(50).fill(4000),
  utterances: [{ firstFrame: 0, endFrame: 50 }],
  durationMs: 2000,
}

const report: ModeReport = {
  mode: 'hands-free',
  session: { alive: false, code: 1008, reason: 'Not implemented.', atMs: 1500 },
  speech: { offeredMs: 2000, receivedMs: 1500, lostMs: 500, lostSpokenMs: 0 },
  signals: { offered: 0, received: 0, lost: [] },
  turns: { spoken: 1, understood: 1, lastEnded: true, answered: false },
  window: null,
  toolResponses: 0,
  timeline: [
    { lane: 'mic', state: 'sent', fromMs: 0, toMs: 1500 },
    { lane: 'session', state: 'closed', atMs: 1500, code: 1008, reason: 'Not implemented.' },
  ],
}

/** Makes a show on a screen of 49 columns. `take` returns what was written since its last call. */
function showOn(canRedraw: boolean, change: Partial<Options> = {}, said: Speech = speech) {
  const written: string[] = []
  const show = new Show({ ...options, ...change }, said, {
    width: 49,
    paint: (_, text) => text,
    canRedraw,
    write: (text) => written.push(text),
  })
  return { show, take: () => written.splice(0) }
}

const title = [
  '━━ 1 · The bare SDK ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━',
  '  ai.live.connect(params). The microphone streams',
  '  on while the tool runs.',
  '',
  '',
].join('\n')

const axis = '         0 s·····1 s······2 s·····3 s······4 s···'
const empty = [
  '  hands-free',
  `  mic    ${' '.repeat(40)}`,
  ...['sent', 'gate', 'tool', 'model'].map((lane) => `  ${lane}`.padEnd(9)),
  axis,
  '',
]
const drawn = [
  '  hands-free  ✖ closed at 1.50 s: 1008 Not imple…',
  '  mic    ▆▆▆▆▆▆▆▆▆   ┃                           ',
  '  sent   ━━━━━━━━━━━━✖',
  '  gate   none        ┃',
  '  tool               ┃',
  '  model              ┃',
  axis,
  '',
]
const told = [
  '  Hands-free: The server closed the session at',
  '  1.50 s: 1008 “Not implemented.” 500 of 2000 ms',
  '  of audio were lost, 0 ms of it speech. The',
  '  server understood 1 of 1 turns and left the',
  '  last unanswered.',
  '',
  '',
].join('\n')

const hideCursor = '\u001b[?25l'
const showCursor = '\u001b[?25h'
const overwritten = (lines: readonly string[]): string => lines.map((line) => `${line}\u001b[K\n`).join('')
const journals = new Map([['hands-free', new Journal(() => 0)]] as const)

describe('an act', () => {
  it('is redrawn in place, in one write each, until it is over', () => {
    const { show, take } = showOn(true)
    show.actBegins('bare-sdk', journals)
    expect(take()).toEqual([title, hideCursor, `\r${overwritten(empty)}`])
    vi.advanceTimersByTime(80)
    expect(take()).toEqual([`\r\u001b[8A${overwritten(empty)}`])
    show.actEnds({ act: 'bare-sdk', modes: [report] })
    expect(take()).toEqual([`\r\u001b[8A${overwritten(drawn)}`, showCursor, told])
    vi.advanceTimersByTime(800)
    expect(take()).toEqual([])
  })

  it('is drawn once, when it is over, if the screen cannot redraw', () => {
    const { show, take } = showOn(false)
    show.actBegins('bare-sdk', journals)
    vi.advanceTimersByTime(800)
    expect(take()).toEqual([title])
    show.actEnds({ act: 'bare-sdk', modes: [report] })
    expect(take()).toEqual([drawn.map((line) => `${line}\n`).join(''), told])
  })

  it('can be stopped, and shows the cursor again', () => {
    const { show, take } = showOn(true)
    show.actBegins('bare-sdk', journals)
    take()
    show.stop()
    show.stop()
    vi.advanceTimersByTime(800)
    expect(take()).toEqual([showCursor])
  })

  it('has its number, and says what it does with the policy', () => {
    const { show, take } = showOn(false, { policy: 'drop' })
    show.actBegins('boolean-flag', journals)
    take()
    show.actBegins('livegate', journals)
    expect(take()).toEqual([
      [
        '━━ 2 · Livegate ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━',
        '  connectLive(ai, params, …): one changed line.',
        '  --policy drop: while the tool runs, audio is',
        '  dropped and reported, and signals are held.',
        '',
        '',
      ].join('\n'),
    ])
  })

  it.each<[string, Partial<Options>, ModeReport['timeline'], string]>([
    ['the reply to the tool', {}, [], axis],
    [
      'the reply to a tool that takes its time',
      { toolMs: 4800 },
      [],
      '         0 s·1 s·2 s··3 s·4 s··5 s·6 s··7 s·8 s··',
    ],
    [
      'an event that took longer than all that',
      {},
      [{ lane: 'model', state: 'speaking', fromMs: 0, toMs: 7999 }],
      '         0 s··1 s··2 s··3 s··4 s··5 s··6 s··7 s··',
    ],
  ])('has room for %s', (_, change, timeline, expected) => {
    const { show, take } = showOn(false, change)
    show.actEnds({ act: 'bare-sdk', modes: [{ ...report, timeline }] })
    expect(take()[0]?.split('\n')[6]).toBe(expected)
  })
})

it('has room for the reply to the last word', () => {
  const { show, take } = showOn(false, {}, { ...speech, durationMs: 6300 })
  show.actEnds({ act: 'bare-sdk', modes: [report] })
  expect(take()[0]?.split('\n')[6]).toBe('         0 s··1 s··2 s··3 s··4 s··5 s··6 s··7 s··')
})

describe('the whole show', () => {
  it.each<[Partial<Options>, string]>([
    [
      {},
      'on: “And do I need an umbrella tomorrow?” To answer, the model calls a tool of the app, which takes 500 ms.',
    ],
    [
      { file: 'a.wav', toolMs: 20 },
      'A user says a.wav. To answer, the model calls a tool of the app, which takes 20 ms.',
    ],
    [{}, 'through @google/genai to the emulated server. Lanes: mic,'],
    [{}, 'tool and model, when they are active. ▂▅▇ speech'],
    [
      { server: { kind: 'google', apiKey: 'any', model: 'any' } },
      "through @google/genai to Google's server.",
    ],
  ])('begins with what the user says, for %j', (change, words) => {
    const { show, take } = showOn(false, change)
    show.open()
    expect(take().join('').split(/\s+/).join(' ')).toContain(words)
  })

  it.each<[Partial<Options>, readonly string[], readonly string[]]>([
    [
      {},
      [],
      [
        '✓ Livegate kept its promise: every sample arrived',
        "The server is this project's emulator, not Google's",
      ],
    ],
    [{}, ['the gate is shut'], ['✗ Livegate broke its promise: the gate is shut.']],
    [
      { policy: 'pass', server: { kind: 'google', apiKey: 'any', model: 'any' } },
      [],
      ['so the server closed 1 of 1 sessions', "The server is Google's. It does not tell what it received"],
    ],
  ])('ends with its verdict, for %j and %j', (change, broken, words) => {
    const { show, take } = showOn(false, change)
    show.close({ acts: [{ act: 'livegate', modes: [report] }], broken })
    const text = take().join('')
    expect(text.split('\n').slice(0, 3)).toEqual([
      `${' '.repeat(21)}Livegate`,
      `  ${'─'.repeat(34)}`,
      '  hands-free',
    ])
    for (const each of words) expect(text.split(/\s+/).join(' ')).toContain(each)
  })
})
