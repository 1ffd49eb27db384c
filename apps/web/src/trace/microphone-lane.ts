import type { Fact } from './fact.ts'
import { itemOfForgotten } from './forgotten.ts'
import type { FrameRun, Frames } from './frames.ts'
import type { LaneKeeper } from './keepers.ts'
import type { Item } from './lane.ts'
import { inWords } from './time.ts'

const fates = {
  sent: 'sent at once',
  held: 'held',
  dropped: 'dropped',
  replayed: 'held, then sent',
  idle: 'between turns',
} as const

const signals = {
  activityStart: 'start',
  activityEnd: 'end',
  audioStreamEnd: 'stream end',
  text: 'text',
} as const

/** An input other than audio, and what has happened to it up to now. */
interface Signal {
  readonly atMs: number
  readonly kind: keyof typeof signals
  readonly fate: Exclude<keyof typeof fates, 'idle'>
  readonly reason: string | undefined
  /** When it was sent, if it was held. */
  readonly leftMs: number | undefined
}

/** Runs of frames with the same fate, and the signals between them. */
export class MicrophoneLane implements LaneKeeper {
  readonly #frames: Frames
  #signals: Signal[] = []
  #forgotten: readonly Item[] = []

  constructor(frames: Frames) {
    this.#frames = frames
  }

  add(fact: Fact): void {
    if (fact.type === 'forgotten') this.#forgotten = [itemOfForgotten('microphone', fact)]
    else if (fact.type === 'gate-opened') {
      this.#signals = this.#signals.map((signal) =>
        signal.fate === 'held' ? { ...signal, fate: 'replayed', leftMs: fact.atMs } : signal,
      )
    } else if (fact.type === 'given-up') {
      const oldest = this.#signals.findIndex(({ fate, kind }) => fate === 'held' && kind === fact.kind)
      const signal = this.#signals[oldest]
      if (signal) this.#signals[oldest] = { ...signal, fate: 'dropped', reason: fact.reason }
    } else if (fact.type === 'offered' && fact.kind !== 'audio' && fact.kind !== 'video') {
      const { atMs, kind, fate, reason } = fact
      this.#signals.push({ atMs, kind, fate, reason, leftMs: undefined })
    }
  }

  items(): readonly Item[] {
    return [
      ...this.#frames.runs().flatMap((run) => this.#itemOf(run) ?? []),
      ...this.#signals.map(itemOfSignal),
      ...this.#forgotten,
    ]
  }

  #itemOf({ first, count }: FrameRun): Item | undefined {
    const from = this.#frames.all[first]
    const to = this.#frames.all[first + count - 1]
    if (!from || !to) return undefined
    const toMs = to.atMs + to.durationMs
    const late =
      from.leftMs === undefined ? [] : [['left', `all at once, at ${inWords(from.leftMs)}`] as const]
    return {
      lane: 'microphone',
      state: from.fate,
      fromMs: from.atMs,
      toMs,
      label: fates[from.fate],
      facts: [
        ['fate', fates[from.fate]],
        ['frames', `${count}, ${inWords(toMs - from.atMs)} of sound`],
        ...late,
        ...(from.reason === undefined ? [] : [['why', from.reason] as const]),
      ],
    }
  }
}

function itemOfSignal({ atMs, kind, fate, reason, leftMs }: Signal): Item {
  return {
    lane: 'microphone',
    state: fate === 'sent' ? 'signal' : fate,
    fromMs: atMs,
    toMs: atMs,
    label: signals[kind],
    facts: [
      ['what', kind],
      ['fate', reason === undefined ? fates[fate] : `${fates[fate]}: ${reason}`],
      ...(leftMs === undefined ? [] : [['left', `at ${inWords(leftMs)}`] as const]),
    ],
  }
}

interface OpenHold {
  readonly name: string
  readonly id: number | string | undefined
  readonly fromMs: number
}

/** Each hold by its name. Without a hold the gate is open, and there is no item. */
export class GateLane implements LaneKeeper {
  readonly #past: Item[] = []
  #holds: OpenHold[] = []

  add(fact: Fact): void {
    if (fact.type === 'gate-shut') {
      this.#holds.push({ name: fact.hold, id: fact.id, fromMs: fact.atMs })
    } else if (fact.type === 'settled') {
      this.#end(fact.atMs, ({ name, id }) => name === 'tool-call' && id === fact.id)
    } else if (fact.type === 'set-up') {
      this.#end(fact.atMs, ({ name }) => name === 'setup')
    } else if (fact.type === 'gate-opened' || fact.type === 'closed') {
      this.#end(fact.atMs, () => true)
    }
  }

  items(): readonly Item[] {
    return [...this.#past, ...this.#holds.map((hold) => itemOfHold(hold, undefined))]
  }

  #end(atMs: number, isOver: (hold: OpenHold) => boolean): void {
    this.#past.push(...this.#holds.filter(isOver).map((hold) => itemOfHold(hold, atMs)))
    this.#holds = this.#holds.filter((hold) => !isOver(hold))
  }
}

function itemOfHold({ name, id, fromMs }: OpenHold, toMs: number | undefined): Item {
  const identity = id === undefined ? [] : [['call', String(id)] as const]
  return {
    lane: 'gate',
    state: 'shut',
    fromMs,
    toMs,
    label: name,
    facts: [['held by', name], ...identity],
  }
}
