import type { UserTurn } from '@livegate/emulator'
import { align } from './alignment.ts'
import { base64Of } from './microphone.ts'
import type { Mode } from './mode.ts'
import type { ServerFacts } from './server.ts'
import { frameMs, framesOf, millisecondsOf, type Speech, samplesPerFrame } from './speech.ts'
import type { Take } from './take.ts'
import { believed, microphoneLane, type Offer, type TimelineEntry } from './timeline.ts'
import type { Utterance } from './utterances.ts'

/** The figures of one act in one mode. `null`: only the server knows it, and Google's server does not tell. */
export interface ModeReport {
  readonly mode: Mode
  readonly session:
    | { readonly alive: true }
    | { readonly alive: false; readonly code: number; readonly reason: string; readonly atMs: number }
  readonly speech: {
    readonly offeredMs: number
    readonly receivedMs: number | null
    readonly lostMs: number | null
    /** The part of the loss that lies within utterances. The rest is silence between them. */
    readonly lostSpokenMs: number | null
  }
  readonly signals: {
    readonly offered: number
    readonly received: number | null
    /** The names of the lost signals, in order. */
    readonly lost: readonly string[] | null
  }
  readonly turns: {
    readonly spoken: number
    /** Turns of which every frame arrived, in a turn of their own. */
    readonly understood: number | null
    /** Whether the server knows that the last turn began and ended. */
    readonly lastEnded: boolean | null
    /** Whether the model finished a reply after it. */
    readonly answered: boolean
  }
  readonly window: { readonly grace: number; readonly violations: number } | null
  /** How many tool responses the server accepted. */
  readonly toolResponses: number | null
  readonly timeline: readonly TimelineEntry[]
}

/** Measures a take by what the server saw or, if that is unknown, by what the client knows. */
export function measure(take: Take, speech: Speech): ModeReport {
  return take.server ? measuredByServer(take, take.server, speech) : measuredByClient(take, speech)
}

function measuredByServer(take: Take, server: ServerFacts, { utterances }: Speech): ModeReport {
  const { mode, journal } = take
  const frames = journal.offers.filter(isAudio)
  const signals = journal.offers.filter((offer) => !isAudio(offer))
  const framesAt = align(frames.map(keyOf), framesOf(server.audio).map(base64Of))
  const signalsAt = align(signals.map(keyOf), server.signals)
  const lost = new Set([
    ...frames.filter((_, index) => framesAt[index] === undefined),
    ...signals.filter((_, index) => signalsAt[index] === undefined),
  ])
  const receivedAt = new Map(frames.map(({ cue }, index) => [cue.frame, framesAt[index]]))
  const heard = hear(utterances, receivedAt, server.turns)
  const lastEndMs = heard.at(-1)?.turn?.endMs
  const offeredMs = frames.length * frameMs
  const receivedMs = millisecondsOf(server.audio.length)
  return {
    mode,
    session: server.closed
      ? {
          alive: false,
          code: server.closed.code,
          reason: server.closed.reason,
          atMs: Math.round(journal.closing?.atMs ?? journal.nowMs),
        }
      : { alive: true },
    speech: {
      offeredMs,
      receivedMs,
      lostMs: offeredMs - receivedMs,
      lostSpokenMs: frames.filter((offer) => lost.has(offer) && isSpoken(offer, utterances)).length * frameMs,
    },
    signals: {
      offered: signals.length,
      received: server.signals.length,
      lost: signals.filter((offer) => lost.has(offer)).map(keyOf),
    },
    turns: {
      spoken: utterances.length,
      understood: heard.filter(({ turn, isWhole }) => turn && isWhole).length,
      lastEnded: lastEndMs !== undefined,
      answered: lastEndMs !== undefined && server.repliesEndedAtMs.some((atMs) => atMs > lastEndMs),
    },
    window: server.window,
    toolResponses: server.toolResponses,
    timeline: timelineOf(take, (offer) =>
      lost.has(offer) ? 'lost' : offer.fate === 'held' ? 'held' : 'sent',
    ),
  }
}

function measuredByClient(take: Take, { utterances }: Speech): ModeReport {
  const { mode, journal } = take
  const frames = journal.offers.filter(isAudio)
  const lastWordMs = (utterances.at(-1)?.endFrame ?? 0) * frameMs
  return {
    mode,
    session: journal.closing
      ? { alive: false, ...journal.closing, atMs: Math.round(journal.closing.atMs) }
      : { alive: true },
    speech: { offeredMs: frames.length * frameMs, receivedMs: null, lostMs: null, lostSpokenMs: null },
    signals: { offered: journal.offers.length - frames.length, received: null, lost: null },
    turns: {
      spoken: utterances.length,
      understood: null,
      lastEnded: null,
      answered: journal.repliesEndedAtMs.some((atMs) => atMs > lastWordMs),
    },
    window: null,
    toolResponses: null,
    timeline: timelineOf(take, believed),
  }
}

function timelineOf({ journal }: Take, stateOf: Parameters<typeof microphoneLane>[1]): TimelineEntry[] {
  return [...microphoneLane(journal.offers, stateOf), ...journal.events().map(inWholeMilliseconds)]
}

function inWholeMilliseconds(entry: TimelineEntry): TimelineEntry {
  return 'atMs' in entry
    ? { ...entry, atMs: Math.round(entry.atMs) }
    : { ...entry, fromMs: Math.round(entry.fromMs), toMs: Math.round(entry.toMs) }
}

/** The key by which an offer is recognised in what the server received. */
function keyOf({ cue }: Offer): string {
  return cue.kind === 'audio' ? base64Of(cue.samples) : cue.kind
}

function isAudio({ cue }: Offer): boolean {
  return cue.kind === 'audio'
}

function isSpoken({ cue }: Offer, utterances: readonly Utterance[]): boolean {
  return utterances.some(({ firstFrame, endFrame }) => firstFrame <= cue.frame && cue.frame < endFrame)
}

/** How the server understood an utterance. */
interface Hearing {
  readonly turn: UserTurn | undefined
  /** Whether every frame of the utterance arrived. */
  readonly isWhole: boolean
}

/** Assigns to each utterance the first turn that contains a part of it and belongs to no earlier utterance. */
function hear(
  utterances: readonly Utterance[],
  receivedAt: ReadonlyMap<number, number | undefined>,
  turns: readonly UserTurn[],
): readonly Hearing[] {
  const free = [...turns]
  return utterances.map(({ firstFrame, endFrame }) => {
    const places: number[] = []
    for (let frame = firstFrame; frame < endFrame; frame++) {
      const place = receivedAt.get(frame)
      if (place !== undefined) places.push(place)
    }
    const index = free.findIndex((turn) => places.some((place) => holds(turn, place * samplesPerFrame)))
    const [turn] = index === -1 ? [] : free.splice(index, 1)
    return { turn, isWhole: places.length === endFrame - firstFrame }
  })
}

function holds({ firstSample, samples }: UserTurn, sample: number): boolean {
  return firstSample <= sample && sample < firstSample + samples
}
