import { brokenPromises } from './check.ts'
import { Journal } from './journal.ts'
import { type Mode, modes } from './mode.ts'
import type { Options } from './options.ts'
import { measure } from './report.ts'
import type { Speech } from './speech.ts'
import type { ActReport } from './table.ts'
import { type ActName, play, type Take } from './take.ts'

/** Receives the progress of the demo. */
export interface Audience {
  /** The journals grow while the act goes on. */
  actBegins(act: ActName, journals: ReadonlyMap<Mode, Journal>): void
  actEnds(report: ActReport): void
}

/** The figures of all acts, and the promises that Livegate's act broke. */
export interface Result {
  readonly acts: readonly ActReport[]
  readonly broken: readonly string[]
}

/** Plays the acts in sequence, and the modes of each at the same time. Against Google it plays only Livegate's, hands-free. */
export async function playAll(
  options: Options,
  speech: Speech,
  signal: AbortSignal,
  audience: Audience,
): Promise<Result> {
  const isLive = options.server.kind === 'google'
  const playedActs: readonly ActName[] = isLive ? ['livegate'] : ['bare-sdk', 'boolean-flag', 'livegate']
  const playedModes = isLive ? modes.slice(0, 1) : modes
  const acts: ActReport[] = []
  const broken: string[] = []
  for (const act of playedActs) {
    // The demo may have been stopped after the previous act, while its server was closing.
    signal.throwIfAborted()
    const journals = new Map(playedModes.map((mode) => [mode, new Journal(() => performance.now())]))
    audience.actBegins(act, journals)
    const takes = await together(
      [...journals].map(([mode, journal]) => play(act, mode, journal, { speech, options, signal })),
    )
    const measured = takes.map((take) => ({ take, report: measure(take, speech) }))
    const actReport = { act, modes: measured.map(({ report }) => report) }
    audience.actEnds(actReport)
    acts.push(actReport)
    if (act !== 'livegate') continue
    broken.push(...measured.flatMap(({ take, report }) => brokenPromises(options.policy, take, report)))
  }
  return { acts, broken }
}

/** Waits for all takes even if one fails, unlike `Promise.all`, so that every session is closed by then. */
async function together(takes: readonly Promise<Take>[]): Promise<readonly Take[]> {
  await Promise.allSettled(takes)
  return await Promise.all(takes)
}
