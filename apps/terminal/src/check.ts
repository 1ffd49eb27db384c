import type { InputCounters } from '@livegate/core'
import type { PolicyName } from './options.ts'
import type { ModeReport } from './report.ts'
import type { Take } from './take.ts'

/** What Livegate's act promised and did not keep, in sentences; empty if it held. */
export function brokenPromises(policy: PolicyName, take: Take, report: ModeReport): readonly string[] {
  const promises = [...accounting(take), ...(take.server ? promisesOf : clientsPromisesOf)[policy]]
  return promises
    .filter(({ holds }) => !holds(take, report))
    .map(({ broken }) => `${report.mode}: ${broken(take, report)}`)
}

interface OnePromise {
  readonly holds: (take: Take, report: ModeReport) => boolean
  readonly broken: (take: Take, report: ModeReport) => string
}

const staysAlive: OnePromise = {
  holds: (_, { session }) => session.alive,
  broken: (_, { session }) => (session.alive ? '' : `the session was closed with ${session.code}`),
}

const gateIsOpen: OnePromise = {
  holds: ({ gate }) => gate?.status === 'open',
  broken: ({ gate }) => `the gate is ${gate?.status} at the end`,
}

const lastIsAnswered: OnePromise = {
  holds: (_, { turns }) => turns.answered,
  broken: () => 'the last question was not answered',
}

const holdPromises: readonly OnePromise[] = [
  staysAlive,
  {
    holds: (take) => isSame(offeredSamples(take), take.server?.audio ?? new Int16Array(0)),
    broken: () => 'what the server received is not, sample by sample, what was offered',
  },
  {
    holds: (_, { signals }) => signals.lost?.length === 0 && signals.received === signals.offered,
    broken: (_, { signals }) => `of ${signals.offered} signals ${signals.received} arrived`,
  },
  {
    holds: ({ server }, { window }) => server?.violations.length === 0 && window?.violations === 0,
    broken: ({ server }) =>
      `the server saw a violation: ${server?.violations.join('; ') || 'input while a call is pending'}`,
  },
  {
    holds: ({ server }) => server?.brackets.balanced === true && !server.brackets.open,
    broken: () => 'the activity brackets are not balanced',
  },
  {
    holds: (_, { turns }) => turns.understood === turns.spoken && turns.lastEnded === true,
    broken: (_, { turns }) =>
      `of ${turns.spoken} turns the server understood ${turns.understood}${turns.lastEnded ? '' : ', and the last has no end'}`,
  },
  {
    holds: ({ server }, { toolResponses }) => toolResponses === server?.toolCalls,
    broken: ({ server }, { toolResponses }) => `of ${server?.toolCalls} calls ${toolResponses} were answered`,
  },
  gateIsOpen,
  lastIsAnswered,
]

const promisesOf: Readonly<Record<PolicyName, readonly OnePromise[]>> = {
  hold: holdPromises,
  drop: [
    staysAlive,
    {
      holds: ({ journal }, { speech }) => speech.lostMs === Math.round(journal.droppedMs),
      broken: ({ journal }, { speech }) =>
        `${speech.lostMs} ms of audio were lost, but ${journal.droppedMs} ms reported as dropped`,
    },
    gateIsOpen,
  ],
  // With nothing gated the server may well end the session; what is promised is the accounting alone.
  pass: [],
}

/** What a client can know without the server's word. */
const clientsPromisesOf: Readonly<Record<PolicyName, readonly OnePromise[]>> = {
  hold: [staysAlive, gateIsOpen, lastIsAnswered],
  drop: [staysAlive, gateIsOpen],
  pass: [],
}

/** Whatever the policy: offered = sent + held + dropped, of each kind, as offered by the microphone. */
function accounting({ gate, journal }: Take): readonly OnePromise[] {
  return (['audio', 'activityStart', 'activityEnd'] as const).map((kind) => {
    const offered = journal.offers.filter(({ cue }) => cue.kind === kind).length
    const counters = gate?.counters[kind]
    return {
      holds: () => counters?.offered === offered && totalOf(counters) === offered,
      broken: () =>
        `${offered} ${kind} were offered, but the gate accounts for ${counters && totalOf(counters)}`,
    }
  })
}

function totalOf({ sent, held, dropped }: InputCounters): number {
  return Object.values(dropped).reduce((total, count) => total + count, sent + held)
}

function offeredSamples({ journal }: Take): Int16Array {
  const frames = journal.offers.flatMap(({ cue }) => (cue.kind === 'audio' ? [cue.samples] : []))
  return Int16Array.from(frames.flatMap((samples) => [...samples]))
}

function isSame(one: Int16Array, other: Int16Array): boolean {
  return one.length === other.length && one.every((sample, index) => sample === other[index])
}

/** How Livegate's act went, in one sentence. */
export function verdictOf(
  policy: PolicyName,
  reports: readonly ModeReport[],
  broken: readonly string[],
): string {
  if (broken.length > 0) return `Livegate's act did not hold. ${broken.join('. ')}.`
  const lostMs = reports.map(({ speech }) => speech.lostMs)
  if (lostMs.includes(null)) {
    return "Livegate's act held, as far as a client can know: the session lives, the gate is open, nothing is unaccounted for."
  }
  const lost = lostMs.reduce<number>((total, ms) => total + (ms ?? 0), 0)
  const closed = reports.filter(({ session }) => !session.alive).length
  switch (policy) {
    case 'hold':
      return "Livegate's act held: every sample arrived, in order, and every turn was understood to its end."
    case 'drop':
      return `Livegate's act held: the sessions live, and all ${lost} ms that were dropped were reported as dropped.`
    case 'pass':
      return `Livegate's act held to --policy pass: every input is accounted for, but none was gated, so ${closed} of ${reports.length} sessions were closed, as is to be expected of this server.`
    default:
      return policy satisfies never
  }
}
