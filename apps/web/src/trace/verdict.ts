import type { Settlement } from '@livegate/core'
import type { Fact, FactOf } from './fact.ts'
import { inWords } from './time.ts'

/** The result of a run in figures. `null` stands for what only the server knows, and Google's does not say. */
export interface Outcome {
  /** Milliseconds of speech that the microphone heard. */
  readonly spokenMs: number
  /** How many of these the server received, by its own log. */
  readonly heardMs: number | null
  /** Written messages, and how many of them were never sent. */
  readonly texts: number
  readonly lostTexts: number
  readonly calls: number
  /** Calls whose response the server accepted while it waited for it; with Google, calls whose response was sent. */
  readonly answered: number
  readonly end: SessionEnd
}

/**
 * How the page ended a session. `alive`: at the end of the run; `stopped`: before it, because the user did not wait; `unanswered`: after
 * the server had owed an answer for long.
 */
export type OwnEnd = 'alive' | 'stopped' | 'unanswered'

type SessionEnd =
  | { readonly kind: OwnEnd }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string; readonly atMs: number }
  | { readonly kind: 'refused'; readonly reason: string }

/** The result of a run in words. */
export interface Verdict {
  /** `good`: nothing is missing; `warn`: words are lost, something is unanswered, or the run was stopped; `bad`: the session is dead. */
  readonly tone: 'good' | 'warn' | 'bad'
  readonly headline: string
  readonly sentence: string
}

/** The outcome of a run that is over; `ownEnd` is for one that no server has ended. */
export function outcomeOf(
  facts: readonly Fact[],
  heard: { readonly spokenMs: number; readonly heardMs: number | null },
  ownEnd: OwnEnd,
): Outcome {
  const of = <Type extends Fact['type']>(type: Type): FactOf<Type>[] =>
    facts.filter((fact): fact is FactOf<Type> => fact.type === type)
  const settled = new Map<number | string, Settlement>()
  // An answer to a cancelled call does not count.
  for (const { id, as } of of('settled')) if (!settled.has(id)) settled.set(id, as)
  const answered =
    heard.heardMs === null
      ? [...settled.values()].filter((as) => as === 'answered').length
      : of('server-answered').filter(({ idWas }) => idWas === 'pending').length
  const texts = of('offered').filter(({ kind }) => kind === 'text')
  const lostTexts = [
    ...texts.filter(({ fate }) => fate === 'dropped'),
    ...of('given-up').filter(({ kind }) => kind === 'text'),
  ]
  const end = endOf(of('closed').at(-1), of('set-up'))
  return {
    ...heard,
    texts: texts.length,
    lostTexts: lostTexts.length,
    calls: of('called').length,
    answered,
    end: end.kind === 'alive' ? { kind: ownEnd } : end,
  }
}

function endOf(closed: FactOf<'closed'> | undefined, setUps: readonly FactOf<'set-up'>[]): SessionEnd {
  if (!closed) return { kind: 'alive' }
  const { code, reason, atMs } = closed
  if (setUps.length === 0) return { kind: 'refused', reason }
  return code === undefined || code === 1000 ? { kind: 'alive' } : { kind: 'closed', code, reason, atMs }
}

/** What was lost, in words; empty if nothing is known to be. */
function lossOf({ spokenMs, heardMs, texts, lostTexts }: Outcome): string {
  const lostMs = heardMs === null ? 0 : Math.max(0, spokenMs - heardMs)
  return [
    ...(lostMs > 0 ? [`${inWords(lostMs)} of speech`] : []),
    ...(lostTexts > 0 ? [`${lostTexts} of ${texts} written messages`] : []),
  ].join(' and ')
}

/** The verdict on an outcome. */
export function verdictOf(outcome: Outcome): Verdict {
  const { spokenMs, heardMs, texts, calls, answered, end } = outcome
  const loss = lossOf(outcome)
  const neverHeard = `the server never ${heardMs === null || heardMs >= spokenMs ? 'got' : 'heard'} ${loss}.`
  const unanswered = calls - answered
  if (end.kind === 'refused') {
    return {
      tone: 'bad',
      headline: 'No session',
      sentence: `It did not begin: ${end.reason || 'the server gave no reason'}${/[.?!]$/.test(end.reason) ? '' : '.'}`,
    }
  }
  if (end.kind === 'closed') {
    return {
      tone: 'bad',
      headline: 'The session died',
      sentence: `Closed with ${end.code} at ${inWords(end.atMs)}${loss && `; lost: ${loss}`}.`,
    }
  }
  if (end.kind === 'stopped') {
    const known = heardMs === null ? 'It did not reach its end.' : 'Until it was stopped, nothing was lost.'
    return {
      tone: 'warn',
      headline: 'Stopped early',
      sentence: loss ? `Until it was stopped, ${neverHeard}` : known,
    }
  }
  if (loss) {
    return { tone: 'warn', headline: 'Words were lost', sentence: `The session lives, but ${neverHeard}` }
  }
  if (unanswered > 0) {
    return {
      tone: 'warn',
      headline: 'A call went unanswered',
      sentence: `The session lives, but ${unanswered} of ${calls} calls got no valid answer.`,
    }
  }
  if (end.kind === 'unanswered') {
    return {
      tone: 'warn',
      headline: 'The server fell silent',
      sentence: 'The session lives, but the last answer never came.',
    }
  }
  if (heardMs === null) {
    return {
      tone: 'good',
      headline: 'The session lives',
      sentence: `${calls === 0 ? 'No tool was called.' : 'Every call was answered.'} Google does not say what its server heard.`,
    }
  }
  if (spokenMs > 0) {
    return { tone: 'good', headline: 'Nothing was lost', sentence: 'The server heard every word, in order.' }
  }
  return {
    tone: 'good',
    headline: 'The session lives',
    sentence: texts === 0 ? 'Nothing was said.' : 'Nothing was spoken; every written message was sent.',
  }
}
