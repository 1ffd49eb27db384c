import type { Fact, FactOf } from './fact.ts'
import type { Item, LaneId } from './lane.ts'
import { inWords } from './time.ts'

/** Whether a fact is about a single frame of audio. There are a hundred such facts in a second, and few others. */
export const isOfFrame = (fact: Fact): boolean =>
  fact.type === 'server-heard' ||
  ((fact.type === 'offered' || fact.type === 'given-up') && fact.kind === 'audio')

/** Removes the facts about single frames from before a moment. The first fact then says so; what was forgotten before is part of it. */
export function forgetFrames(facts: readonly Fact[], untilMs: number): readonly Fact[] {
  let frames = 0
  let durationMs = 0
  const kept = facts.filter((fact) => {
    const isForgotten = fact.type === 'forgotten'
    if (!isForgotten && (fact.atMs >= untilMs || !isOfFrame(fact))) return true
    if (isForgotten) frames += fact.frames
    else if (fact.type === 'offered') frames++
    if (isForgotten || fact.type === 'offered') durationMs += fact.durationMs
    return false
  })
  return kept.length === facts.length
    ? facts
    : [{ atMs: 0, type: 'forgotten', untilMs, frames, durationMs }, ...kept]
}

/** What was forgotten of a trace. */
export function forgottenIn([first]: readonly Fact[]): FactOf<'forgotten'> | undefined {
  return first?.type === 'forgotten' ? first : undefined
}

/** What stands in a lane for the frames that are no longer kept. */
export function itemOfForgotten(lane: LaneId, { untilMs, frames, durationMs }: FactOf<'forgotten'>): Item {
  return {
    lane,
    state: 'forgotten',
    fromMs: 0,
    toMs: untilMs,
    label: 'no longer kept',
    facts: [
      ['frames', `${frames}, ${inWords(durationMs)} of sound`],
      ['why', 'only the latest frames are kept; the result counts all'],
    ],
  }
}
