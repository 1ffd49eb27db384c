import type { InputCounters } from '@livegate/core'
import type { PolicyName } from './options.ts'
import type { ModeReport } from './report.ts'
import type { Take } from './take.ts'

/** The promises that Livegate's act broke, in sentences. Empty if it kept them all. */
export function brokenPromises(policy: PolicyName, take: Take, report: ModeReport): readonly string[] {
  const promises = [...accounting(take), ...(take.server ? promisesOf : clientPromisesOf)[policy]]
  return promises
    .filter(({ holds }) => !holds(take, report))
    .map(({ broken }) => `${report.mode}: ${broken(take, report)}`)
}

interface Promised {
  readonly holds: (take: Take, report: ModeReport) => boolean
  readonly broken: (take: Take, report: ModeReport) => string
}

const staysAlive: Promised = {
  holds: (_, { session }) => session.alive,
  broken: (_, { session }) => (session.alive ? '' : `the session was closed with ${session.code}`),
}

const gateIsOpen: Promised = {
  holds: ({ gate }) => gate?.status === 'open',
  broken: ({ gate }) => `the gate is ${gate?.status} at the end`,
}

const lastIsAnswered: Promised = {
  holds: (_, { turns }) => turns.answered,
  broken: () => 'the last question was not answered',
}

const holdPromises: readonly Promised[] = [
  staysAlive,
  {
    holds: (take) => isSame(offeredSamples(take), take.server?.audio ?? new Int16Array(0)),
    broken: () => 'the server did not receive exactly the samples that were offered',
  },
  {
    holds: (_, { signals }) => signals.lost?.length === 0 && signals.received === signals.offered,
    broken: (_, { signals }) => `of ${signals.offered} signals ${signals.received} arrived`,
  },
  {
    holds: ({ server }, { window }) => server?.violations.length === 0 && window?.violations === 0,
    broken: ({ server }) =>
      `the server saw a violation: ${server?.violations.join(', ') || 'input while a call is pending'}`,
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

const promisesOf: Readonly<Record<PolicyName, readonly Promised[]>> = {
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
  // Without a gate the server may close the session. Only the accounting is promised.
  pass: [],
}

/** The promises that a client can check without the server's figures. */
const clientPromisesOf: Readonly<Record<PolicyName, readonly Promised[]>> = {
  hold: [staysAlive, gateIsOpen, lastIsAnswered],
  drop: [staysAlive, gateIsOpen],
  pass: [],
}

/** Under any policy, for each kind that the microphone offered: offered = sent + held + dropped. */
function accounting({ gate, journal }: Take): readonly Promised[] {
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

/** Sums up Livegate's act. */
export function verdictOf(
  policy: PolicyName,
  reports: readonly ModeReport[],
  broken: readonly string[],
): string {
  if (broken.length > 0) return `Livegate broke its promise: ${broken.join('; ')}.`
  const lostMs = reports.map(({ speech }) => speech.lostMs)
  if (lostMs.includes(null)) {
    return 'Livegate kept its promise as far as a client can know: the session lives, the gate is open, and every input is accounted for.'
  }
  const lost = lostMs.reduce<number>((total, ms) => total + (ms ?? 0), 0)
  const closed = reports.filter(({ session }) => !session.alive).length
  switch (policy) {
    case 'hold':
      return 'Livegate kept its promise: every sample arrived, in order, and the server understood every turn to its end.'
    case 'drop':
      return `Livegate kept its promise: the sessions live, and it reported all ${lost} ms that it dropped.`
    case 'pass':
      return `Livegate kept its promise for --policy pass: every input is accounted for. Nothing was gated, so the server closed ${closed} of ${reports.length} sessions, as expected.`
    default:
      return policy satisfies never
  }
}
