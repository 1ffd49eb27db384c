import { describe, expect, it } from 'vitest'
import type { Fact } from '../src/trace/fact.ts'
import { spokenFrames } from '../src/trace/speech.ts'
import { type Outcome, outcomeOf, verdictOf } from '../src/trace/verdict.ts'

const setUp: Fact = { atMs: 0, type: 'set-up', epoch: 1 }
const called: Fact = { atMs: 1, type: 'called', id: 'a', name: 'get_weather', args: {} }
const answered: Fact = { atMs: 2, type: 'settled', id: 'a', as: 'answered' }
const taken = (idWas: 'pending' | 'cancelled'): Fact => ({
  atMs: 3,
  type: 'server-answered',
  name: 'get_weather',
  idWas,
})
const written = (fate: 'sent' | 'held' | 'dropped') =>
  ({ atMs: 4, type: 'offered', kind: 'text', fate, durationMs: 0, level: 0 }) as const
const givenUp = (kind: 'audio' | 'text'): Fact => ({ atMs: 5, type: 'given-up', kind, reason: 'closed' })
const closed = (code?: number): Fact => ({
  atMs: 9,
  type: 'closed',
  epoch: 1,
  reason: 'why',
  ...(code && { code }),
})

describe('the outcome', () => {
  const heard = { spokenMs: 1000, heardMs: 900 }
  it.each<[string, readonly Fact[], { spokenMs: number; heardMs: number | null }, Partial<Outcome>]>([
    [
      'counts a call as answered when the server took the answer',
      [setUp, called, answered, taken('pending')],
      heard,
      { calls: 1, answered: 1 },
    ],
    [
      'does not when it came too late',
      [setUp, called, answered, taken('cancelled')],
      heard,
      { calls: 1, answered: 0 },
    ],
    [
      'takes the client at its word where the server says nothing',
      [setUp, called, answered],
      { spokenMs: 1000, heardMs: null },
      { calls: 1, answered: 1 },
    ],
    [
      'counts no call as answered that was cancelled',
      [setUp, called, { ...answered, as: 'cancelled' }],
      { spokenMs: 1000, heardMs: null },
      { calls: 1, answered: 0 },
    ],
    [
      'counts what was written, and what of it never left',
      [setUp, written('sent'), written('held'), written('dropped'), givenUp('text'), givenUp('audio')],
      heard,
      { texts: 3, lostTexts: 2 },
    ],
    [
      'counts no other input as written',
      [setUp, { ...written('dropped'), kind: 'activityStart' }, { ...written('sent'), kind: 'audio' }],
      heard,
      {},
    ],
    [
      'counts no call as answered that was answered after it was cancelled',
      [setUp, called, { ...answered, as: 'cancelled' }, answered],
      { spokenMs: 1000, heardMs: null },
      { calls: 1, answered: 0 },
    ],
    ['is alive while it goes on', [setUp], heard, { end: { kind: 'alive' } }],
    ['is alive when it was closed from here', [setUp, closed()], heard, { end: { kind: 'alive' } }],
    ['is alive when it was closed in order', [setUp, closed(1000)], heard, { end: { kind: 'alive' } }],
    [
      'is closed by the server',
      [setUp, closed(1008)],
      heard,
      { end: { kind: 'closed', code: 1008, reason: 'why', atMs: 9 } },
    ],
    ['is refused before the setup', [closed(1006)], heard, { end: { kind: 'refused', reason: 'why' } }],
  ])('%s', (_, facts, sound, expected) => {
    expect(outcomeOf(facts, sound, 'alive')).toEqual({
      texts: 0,
      lostTexts: 0,
      calls: 0,
      answered: 0,
      end: { kind: 'alive' },
      ...sound,
      ...expected,
    })
  })
})

it.each<[string, readonly Fact[], Outcome['end']['kind']]>([
  ['that lives is stopped', [setUp, closed()], 'stopped'],
  ['that the server has closed is not', [setUp, closed(1008)], 'closed'],
  ['that had not begun is not', [closed()], 'refused'],
])('a run %s by the user', (_, facts, kind) => {
  expect(outcomeOf(facts, { spokenMs: 0, heardMs: 0 }, 'stopped').end.kind).toBe(kind)
})

describe('the verdict', () => {
  const good: Outcome = {
    spokenMs: 3000,
    heardMs: 3000,
    texts: 0,
    lostTexts: 0,
    calls: 1,
    answered: 1,
    end: { kind: 'alive' },
  }
  it.each<[Partial<Outcome>, string, string, string]>([
    [{}, 'good', 'Nothing was lost', 'The server heard every word, in order.'],
    [
      { heardMs: 1800 },
      'warn',
      'Words were lost',
      'The session lives, but the server never heard 1.20 s of speech.',
    ],
    [
      { answered: 0 },
      'warn',
      'A call went unanswered',
      'The session lives, but 1 of 1 calls got no valid answer.',
    ],
    [
      { heardMs: null },
      'good',
      'The session lives',
      'Every call was answered. Google does not say what its server heard.',
    ],
    [
      { heardMs: null, calls: 0, answered: 0 },
      'good',
      'The session lives',
      'No tool was called. Google does not say what its server heard.',
    ],
    [{ spokenMs: 0, heardMs: 0, calls: 0, answered: 0 }, 'good', 'The session lives', 'Nothing was said.'],
    [
      { end: { kind: 'stopped' }, answered: 0 },
      'warn',
      'Stopped early',
      'Until it was stopped, nothing was lost.',
    ],
    [
      { end: { kind: 'stopped' }, heardMs: 1800 },
      'warn',
      'Stopped early',
      'Until it was stopped, the server never heard 1.20 s of speech.',
    ],
    [
      { spokenMs: 0, heardMs: 0, calls: 0, answered: 0, texts: 1 },
      'good',
      'The session lives',
      'Nothing was spoken; every written message was sent.',
    ],
    [{ texts: 1 }, 'good', 'Nothing was lost', 'The server heard every word, in order.'],
    [
      { spokenMs: 0, heardMs: 0, texts: 2, lostTexts: 1 },
      'warn',
      'Words were lost',
      'The session lives, but the server never got 1 of 2 written messages.',
    ],
    [
      { heardMs: 1800, texts: 2, lostTexts: 1 },
      'warn',
      'Words were lost',
      'The session lives, but the server never heard 1.20 s of speech and 1 of 2 written messages.',
    ],
    [
      { heardMs: null, texts: 1, lostTexts: 1 },
      'warn',
      'Words were lost',
      'The session lives, but the server never got 1 of 1 written messages.',
    ],
    [
      { end: { kind: 'closed', code: 1008, reason: '', atMs: 2480 }, texts: 2, lostTexts: 2 },
      'bad',
      'The session died',
      'Closed with 1008 at 2.48 s; lost: 2 of 2 written messages.',
    ],
    [
      { end: { kind: 'stopped' }, texts: 1, lostTexts: 1 },
      'warn',
      'Stopped early',
      'Until it was stopped, the server never got 1 of 1 written messages.',
    ],
    [{ end: { kind: 'stopped' }, heardMs: null }, 'warn', 'Stopped early', 'It did not reach its end.'],
    [
      { heardMs: 1100, end: { kind: 'closed', code: 1008, reason: '', atMs: 2480 } },
      'bad',
      'The session died',
      'Closed with 1008 at 2.48 s; lost: 1.90 s of speech.',
    ],
    [
      { end: { kind: 'closed', code: 1006, reason: '', atMs: 500 } },
      'bad',
      'The session died',
      'Closed with 1006 at 500 ms.',
    ],
    [{ end: { kind: 'refused', reason: '429' } }, 'bad', 'No session', 'It did not begin: 429.'],
    [{ end: { kind: 'refused', reason: 'Why?' } }, 'bad', 'No session', 'It did not begin: Why?'],
    [
      { end: { kind: 'refused', reason: '' } },
      'bad',
      'No session',
      'It did not begin: the server gave no reason.',
    ],
    [
      { calls: 3, answered: 1 },
      'warn',
      'A call went unanswered',
      'The session lives, but 2 of 3 calls got no valid answer.',
    ],
    [
      { end: { kind: 'unanswered' } },
      'warn',
      'The server fell silent',
      'The session lives, but the last answer never came.',
    ],
    [
      { end: { kind: 'unanswered' }, heardMs: 2000 },
      'warn',
      'Words were lost',
      'The session lives, but the server never heard 1.00 s of speech.',
    ],
    [
      { heardMs: 2000 },
      'warn',
      'Words were lost',
      'The session lives, but the server never heard 1.00 s of speech.',
    ],
    [{ heardMs: 3020 }, 'good', 'Nothing was lost', 'The server heard every word, in order.'],
  ])('of %j is %s: %s', (change, tone, headline, sentence) => {
    expect(verdictOf({ ...good, ...change })).toEqual({ tone, headline, sentence })
  })
})

describe('speech', () => {
  const loud = 0.1
  const soft = 0.01
  const hush = 0.001
  const frames = (...levels: readonly (readonly [level: number, count: number])[]) =>
    levels.flatMap(([level, count]) => Array.from({ length: count }, () => ({ level, durationMs: 20 })))
  const count = (spoken: readonly boolean[]): string => spoken.map((is) => (is ? '+' : '.')).join('')
  it.each([
    ['silence is none', frames([hush, 5]), '.....'],
    ['a click is none', frames([hush, 2], [loud, 2], [hush, 2]), '......'],
    ['a click beside it is none', frames([loud, 2], [hush, 25], [loud, 3]), `${'.'.repeat(27)}+++`],
    ['three loud frames are', frames([hush, 2], [loud, 3], [hush, 2]), '..+++..'],
    ['its soft ends belong to it', frames([hush, 1], [soft, 2], [loud, 3], [soft, 1], [hush, 1]), '.++++++.'],
    [
      'a syllable that is too soft between loud ones is none',
      frames([loud, 2], [soft, 1], [loud, 2]),
      '.....',
    ],
    [
      'a pause of less than half a second belongs to it',
      frames([loud, 3], [hush, 24], [loud, 1]),
      '+'.repeat(28),
    ],
    [
      'a pause begins anew with each sound',
      frames([loud, 3], [hush, 20], [soft, 1], [hush, 20], [soft, 1]),
      '+'.repeat(45),
    ],
    ['levels of 500 and 250 are', frames([500 / 32_768, 3], [250 / 32_768, 1], [249 / 32_768, 1]), '++++.'],
    ['a breath belongs to it', frames([loud, 3], [hush, 4], [loud, 3]), '++++++++++'],
    [
      'a pause of half a second does not',
      frames([loud, 3], [hush, 25], [loud, 3]),
      `+++${'.'.repeat(25)}+++`,
    ],
  ])('%s', (_, given, expected) => {
    expect(count(spokenFrames(given))).toBe(expected)
  })
})
