import type { Fact } from './fact.ts'
import { itemOfForgotten } from './forgotten.ts'
import type { FrameRun, Frames } from './frames.ts'
import type { LaneKeeper } from './keepers.ts'
import type { Item } from './lane.ts'
import { Queue } from './queue.ts'
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
  readonly #signals: Signal[] = []
  /** The places of those that are held, oldest first. */
  readonly #held: Map<string, Queue<number>> = new Map()
  #forgotten: readonly Item[] = []

  constructor(frames: Frames) {
    this.#frames = frames
  }

  add(fact: Fact): void {
    if (fact.type === 'forgotten') this.#forgotten = [itemOfForgotten('microphone', fact)]
    else if (fact.type === 'gate-opened') {
      for (const held of this.#held.values()) {
        this.#change(held.takeAll(), { fate: 'replayed', leftMs: fact.atMs })
      }
    } else if (fact.type === 'given-up') {
      const oldest = this.#held.get(fact.kind)?.takeFirst() ?? []
      this.#change(oldest, { fate: 'dropped', reason: fact.reason })
    } else if (fact.type === 'offered' && fact.kind !== 'audio' && fact.kind !== 'video') {
      const { atMs, kind, fate, reason } = fact
      const place = this.#signals.push({ atMs, kind, fate, reason, leftMs: undefined }) - 1
      if (fate !== 'held') return
      const held = this.#held.get(kind) ?? new Queue()
      held.add([place])
      this.#held.set(kind, held)
    }
  }

  #change(places: readonly number[], change: Partial<Signal>): void {
    for (const place of places) {
      const signal = this.#signals[place]
      if (signal) this.#signals[place] = { ...signal, ...change }
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
  /** Those that end together, by what ends them. */
  readonly #holds: Map<string, OpenHold[]> = new Map()

  add(fact: Fact): void {
    if (fact.type === 'gate-shut') {
      const { hold: name, id, atMs: fromMs } = fact
      const end = endOf(name, id)
      const holds = this.#holds.get(end) ?? []
      holds.push({ name, id, fromMs })
      this.#holds.set(end, holds)
    } else if (fact.type === 'settled') this.#end(fact.atMs, endOf('tool-call', fact.id))
    else if (fact.type === 'set-up') this.#end(fact.atMs, 'setup')
    else if (fact.type === 'gate-opened' || fact.type === 'closed') {
      for (const end of this.#holds.keys()) this.#end(fact.atMs, end)
    }
  }

  items(): readonly Item[] {
    const open = [...this.#holds.values()].flat()
    return [...this.#past, ...open.map((hold) => itemOfHold(hold, undefined))]
  }

  #end(atMs: number, end: string): void {
    for (const hold of this.#holds.get(end) ?? []) this.#past.push(itemOfHold(hold, atMs))
    this.#holds.delete(end)
  }
}

/** A call's hold ends with its call, others by their names. */
const endOf = (name: string, id: number | string | undefined): string =>
  name === 'tool-call' ? JSON.stringify([name, id]) : name

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
