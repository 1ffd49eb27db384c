import type { Fact, FactOf } from './fact.ts'
import { inWords } from './time.ts'

/** How a run went, in figures. `null` is what only the server knows, and Google's does not tell. */
export interface Outcome {
  /** Milliseconds of speech that the microphone heard. */
  readonly spokenMs: number
  /** Milliseconds of them that the server received, by its own log. */
  readonly heardMs: number | null
  /** Messages that were written, and those of them that never left. */
  readonly texts: number
  readonly lostTexts: number
  readonly calls: number
  /** Calls whose response the server took while it waited for it; against Google, whose response was sent. */
  readonly answered: number
  readonly end: SessionEnd
}

/** `alive`: it went on to the end, and was closed from here; `stopped`: so it was, by the user and before the end. */
type SessionEnd =
  | { readonly kind: 'alive' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string; readonly atMs: number }
  | { readonly kind: 'refused'; readonly reason: string }

/** A run in a line, for people. */
export interface Verdict {
  /** `good`: nothing is missing; `warn`: it lives, and words are lost, or the rest of it is not known; `bad`: the session is dead. */
  readonly tone: 'good' | 'warn' | 'bad'
  readonly headline: string
  readonly sentence: string
}

/** What is left of a run, once it is over; `isStopped`: it had an end of its own, and the user did not wait for it. */
export function outcomeOf(
  facts: readonly Fact[],
  heard: { readonly spokenMs: number; readonly heardMs: number | null },
  isStopped: boolean,
): Outcome {
  const of = <Type extends Fact['type']>(type: Type): FactOf<Type>[] =>
    facts.filter((fact): fact is FactOf<Type> => fact.type === type)
  const settled = of('settled')
  const firstOf = ({ id }: FactOf<'settled'>) => settled.find((each) => each.id === id)
  const answered =
    heard.heardMs === null
      ? settled.filter((each) => each.as === 'answered' && each === firstOf(each)).length
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
    end: isStopped && end.kind === 'alive' ? { kind: 'stopped' } : end,
  }
}

function endOf(closed: FactOf<'closed'> | undefined, setUps: readonly FactOf<'set-up'>[]): SessionEnd {
  if (!closed) return { kind: 'alive' }
  const { code, reason, atMs } = closed
  if (setUps.length === 0) return { kind: 'refused', reason }
  return code === undefined || code === 1000 ? { kind: 'alive' } : { kind: 'closed', code, reason, atMs }
}

/** What was lost, in words; empty where nothing was, as far as is known. */
function lossOf({ spokenMs, heardMs, texts, lostTexts }: Outcome): string {
  const lostMs = heardMs === null ? 0 : Math.max(0, spokenMs - heardMs)
  return [
    ...(lostMs > 0 ? [`${inWords(lostMs)} of speech`] : []),
    ...(lostTexts > 0 ? [`${lostTexts} of ${texts} written messages`] : []),
  ].join(' and ')
}

/** The line for an outcome. */
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
      sentence: `Closed with ${end.code} at ${inWords(end.atMs)}${loss && `, and ${loss} with it`}.`,
    }
  }
  if (end.kind === 'stopped') {
    const known = heardMs === null ? '' : ' Until then, nothing was lost.'
    return {
      tone: 'warn',
      headline: 'Stopped early',
      sentence: `It was stopped before its end, and shows a part only.${loss ? ` Of what was said until then, ${neverHeard}` : known}`,
    }
  }
  if (loss) {
    return { tone: 'warn', headline: 'Words were lost', sentence: `The session lives, but ${neverHeard}` }
  }
  if (unanswered > 0) {
    return {
      tone: 'warn',
      headline: 'A call went unanswered',
      sentence: `The session lives, but ${unanswered} of ${calls} calls got no answer that counted.`,
    }
  }
  if (heardMs === null) {
    return {
      tone: 'good',
      headline: 'The session lives',
      sentence: `${calls === 0 ? 'No tool was called.' : 'Every call was answered.'} What the server heard, Google does not tell.`,
    }
  }
  if (spokenMs > 0) {
    return { tone: 'good', headline: 'Nothing was lost', sentence: 'The server heard every word, in order.' }
  }
  return {
    tone: 'good',
    headline: 'The session lives',
    sentence: texts === 0 ? 'Nothing was said.' : 'Nothing was spoken, and all that was written was sent.',
  }
}
