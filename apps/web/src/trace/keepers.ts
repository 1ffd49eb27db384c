import type { Fact, FactOf } from './fact.ts'
import { itemOfForgotten } from './forgotten.ts'
import type { Item, ItemState, LaneId } from './lane.ts'
import { inWords } from './time.ts'

/** Makes one lane from the facts that concern it. */
export interface LaneKeeper {
  add(fact: Fact): void
  items(): readonly Item[]
}

const moment = (lane: LaneId, state: ItemState, atMs: number, label: string, facts: Item['facts']): Item => ({
  lane,
  state,
  fromMs: atMs,
  toMs: atMs,
  label,
  facts,
})

/** Frames that arrive with no longer gap belong to one stretch. */
const longestGapMs = 400

/** A burst: at least so many milliseconds of frames, each of which arrives within this part of its length. They had been held somewhere. */
const burstPace = 0.5
const leastBurstMs = 400

/** A busy socket may interrupt a burst, for no longer than this in all. */
const longestBurstMs = 100

/** Audio that the server received without a gap, at one pace. */
interface Stretch {
  readonly fromMs: number
  readonly lastMs: number
  readonly toMs: number
  readonly heardMs: number
  readonly pieces: number
  readonly isBurst: boolean
}

/** What the server received, when it arrived. */
export class ServerLane implements LaneKeeper {
  #current: Stretch | undefined
  /** The last one before, which may be a part of the same burst. */
  readonly #joined: Stretch[] = []
  /** The last one before that, which may go on. */
  readonly #merged: Stretch[] = []
  /** Those that no later frame changes: a busy server hears in thousands of small pieces. */
  readonly #past: Item[] = []
  readonly #others: Item[] = []

  add(fact: Fact): void {
    const { atMs } = fact
    if (fact.type === 'server-heard') this.#hear(atMs, fact.durationMs)
    else if (fact.type === 'forgotten') this.#others.push(itemOfForgotten('server', fact))
    else if (fact.type === 'server-objected') {
      this.#others.push(moment('server', 'dead', atMs, 'violation', [['the server objects', fact.reason]]))
    }
  }

  items(): readonly Item[] {
    const joined = this.#current ? joinBurst([...this.#joined], this.#current) : this.#joined
    const merged = joined.reduce(mergeAlike, [...this.#merged])
    return [...this.#past, ...merged.map(itemOfStretch), ...this.#others]
  }

  /** Takes in a stretch to which no later frame is added. */
  #settle(stretch: Stretch): void {
    joinBurst(this.#joined, stretch)
    for (const done of this.#joined.splice(0, this.#joined.length - 1)) mergeAlike(this.#merged, done)
    this.#past.push(...this.#merged.splice(0, this.#merged.length - 1).map(itemOfStretch))
  }

  #hear(atMs: number, durationMs: number): void {
    const piece = { fromMs: atMs, lastMs: atMs, toMs: atMs + durationMs, heardMs: durationMs, pieces: 1 }
    const last = this.#current
    const isFast = last !== undefined && atMs - last.lastMs < durationMs * burstPace
    const follows = last !== undefined && atMs - last.toMs < longestGapMs
    // Only the second frame of a burst distinguishes it from live speech.
    const isSame = last?.isBurst === isFast || (isFast && last?.pieces === 1)
    if (last && follows && isSame) this.#current = { ...join(last, piece), isBurst: isFast }
    else {
      if (last) this.#settle(last)
      this.#current = { ...piece, isBurst: isFast }
    }
  }
}

const join = (one: Stretch, other: Omit<Stretch, 'isBurst'>): Stretch => ({
  ...one,
  lastMs: other.lastMs,
  toMs: Math.max(one.toMs, other.toMs),
  heardMs: one.heardMs + other.heardMs,
  pieces: one.pieces + other.pieces,
})

/** Joins the parts of an interrupted burst: together they are at least three times as fast as speech. */
function joinBurst(stretches: Stretch[], next: Stretch): Stretch[] {
  const last = stretches.at(-1)
  const isBurst = last?.isBurst || next.isBurst
  const elapsedMs = last ? next.lastMs - last.fromMs : 0
  if (last && isBurst && elapsedMs < longestBurstMs && last.heardMs + next.heardMs > 3 * elapsedMs) {
    stretches[stretches.length - 1] = { ...join(last, next), isBurst: true }
  } else stretches.push(next)
  return stretches
}

/** Joins what follows at the same pace. */
function mergeAlike(stretches: Stretch[], next: Stretch): Stretch[] {
  // A few frames at once come from a late timer.
  const isBurst = next.isBurst && next.heardMs >= leastBurstMs
  const last = stretches.at(-1)
  const follows = last?.isBurst === isBurst && next.fromMs - last.toMs < longestGapMs
  if (last && follows) stretches[stretches.length - 1] = join(last, next)
  else stretches.push({ ...next, isBurst })
  return stretches
}

function itemOfStretch({ fromMs, lastMs, toMs, heardMs, isBurst }: Stretch): Item {
  const sound = ['heard', `${inWords(heardMs)} of sound`] as const
  return isBurst
    ? {
        lane: 'server',
        state: 'replayed',
        fromMs,
        toMs: fromMs,
        label: `${inWords(heardMs)} at once`,
        facts: [sound, ['within', inWords(lastMs - fromMs)]],
      }
    : { lane: 'server', state: 'sent', fromMs, toMs, label: 'live', facts: [sound] }
}

const sources = {
  speech: 'detected speech',
  brackets: 'between activityStart and activityEnd',
  text: 'text',
  clientContent: 'client content',
} as const

/** The user's turns: brackets, or what the server detected. */
export class TurnsLane implements LaneKeeper {
  readonly #turns: Map<number, FactOf<'server-turn'>> = new Map()
  /** Those that go on. */
  readonly #open: Set<number> = new Set()
  /** When turns without an end were cut off. */
  readonly #cutMs: Map<number, number> = new Map()
  /** When the page saw the session close: a server that is gone does not say so. */
  #closedMs: number | undefined

  add(fact: Fact): void {
    if (fact.type === 'server-turn') {
      const { index, endMs } = fact
      this.#turns.set(index, fact)
      if (endMs !== undefined) this.#open.delete(index)
      else if (!this.#cutMs.has(index)) this.#open.add(index)
    } else if (fact.type === 'closed') this.#closedMs = fact.atMs
    else if (fact.type === 'server-closed') {
      for (const index of this.#open) this.#cutMs.set(index, fact.atMs)
      this.#open.clear()
    }
  }

  items(): readonly Item[] {
    const closedMs = this.#closedMs
    return [...this.#turns.values()].map(({ index, source, startMs, endMs }) => ({
      lane: 'turns',
      state: 'turn',
      fromMs: startMs,
      toMs:
        endMs ?? this.#cutMs.get(index) ?? (closedMs === undefined ? undefined : Math.max(startMs, closedMs)),
      label: source === 'brackets' ? `bracket ${index + 1}` : `turn ${index + 1}`,
      facts: [
        ['recognised by', sources[source]],
        ['end', endMs === undefined ? 'unknown' : inWords(endMs)],
      ],
    }))
  }
}

/** Each call, from its message until it is settled. */
export class ToolsLane implements LaneKeeper {
  readonly #calls: Map<number | string, { call: FactOf<'called'>; end?: FactOf<'settled'> }> = new Map()
  #lostMs: number | undefined

  add(fact: Fact): void {
    if (fact.type === 'called') this.#calls.set(fact.id, { call: fact })
    else if (fact.type === 'settled') {
      const known = this.#calls.get(fact.id)
      // An answer to a cancelled call does not count.
      if (known && !known.end) this.#calls.set(fact.id, { ...known, end: fact })
    } else if (fact.type === 'closed') this.#lostMs = fact.atMs
  }

  items(): readonly Item[] {
    return [...this.#calls.values()].map(({ call, end }) => {
      const as = end?.as ?? (this.#lostMs === undefined ? 'pending' : 'lost')
      return {
        lane: 'tools',
        state: as === 'answered' ? 'answered' : as === 'pending' ? 'running' : 'failed',
        fromMs: call.atMs,
        toMs: end?.atMs ?? this.#lostMs,
        label: as === 'answered' || as === 'pending' ? call.name : `${call.name}: ${as}`,
        facts: [
          ['call', `${call.name}(${JSON.stringify(call.args)})`],
          ['state', as],
          ['id', String(call.id)],
        ],
      }
    })
  }
}

interface Speech {
  readonly fromMs: number
  toMs: number
  isInterrupted: boolean
  /** Whether its turn is over. What comes next is another speech, even while this one is still heard. */
  isWhole: boolean
  text: string
}

/** The model's speech as it is heard: each message after the one before. */
export class ModelLane implements LaneKeeper {
  readonly #speeches: Speech[] = []
  /** Transcribed words whose speech has not arrived yet. */
  #words = ''

  add(fact: Fact): void {
    const last = this.#speeches.at(-1)
    const goesOn = last && !last.isInterrupted && !last.isWhole && last.toMs >= fact.atMs - longestGapMs
    if (fact.type === 'spoke') {
      const fromMs = Math.max(fact.atMs, last?.toMs ?? 0)
      const toMs = fromMs + fact.durationMs
      if (goesOn) last.toMs = toMs
      else {
        this.#speeches.push({ fromMs, toMs, isInterrupted: false, isWhole: false, text: this.#words })
        this.#words = ''
      }
    } else if (fact.type === 'transcript' && fact.who === 'model') {
      if (goesOn) last.text += fact.text
      else this.#words += fact.text
    } else if (fact.type === 'turn-complete') {
      if (last) last.isWhole = true
    } else if (fact.type === 'interrupted' || fact.type === 'closed') this.#cut(fact.atMs)
  }

  /** Cuts off what is being heard, and drops what would have been heard behind it. */
  #cut(atMs: number): void {
    let last = this.#speeches.at(-1)
    while (last && last.fromMs > atMs) {
      this.#speeches.pop()
      last = this.#speeches.at(-1)
    }
    if (!last || last.toMs <= atMs) return
    last.toMs = atMs
    last.isInterrupted = true
  }

  items(): readonly Item[] {
    return this.#speeches.map(({ fromMs, toMs, isInterrupted, text }) => ({
      lane: 'model',
      state: isInterrupted ? 'interrupted' : 'speaking',
      fromMs,
      toMs,
      label: text.trim() || 'speech',
      facts: [
        ...(text ? [['says', text.trim()] as const] : []),
        ['ended', isInterrupted ? 'interrupted' : 'complete'],
      ],
    }))
  }
}

/** The connections in order, and the faults that hit them. */
export class ConnectionLane implements LaneKeeper {
  readonly #items: Item[] = []
  #open: { readonly epoch: number; readonly fromMs: number; readonly isSetUp: boolean } | undefined

  add(fact: Fact): void {
    const { atMs } = fact
    if (fact.type === 'connecting') {
      this.#end(atMs)
      this.#open = { epoch: fact.epoch, fromMs: atMs, isSetUp: false }
    } else if (fact.type === 'set-up' && this.#open?.epoch === fact.epoch) {
      this.#end(atMs)
      this.#open = { epoch: fact.epoch, fromMs: atMs, isSetUp: true }
    } else if (fact.type === 'closed') {
      this.#end(atMs)
      if (fact.code === undefined || fact.code === 1000) return
      const facts = [
        ['closed with', String(fact.code)],
        ['reason', fact.reason || 'none given'],
      ] as const
      this.#items.push(moment('connection', 'dead', atMs, `closed: ${fact.code}`, facts))
    } else if (fact.type === 'fault') {
      this.#items.push(moment('connection', 'fault', atMs, fact.name, [['injected', fact.name]]))
    }
  }

  items(): readonly Item[] {
    return this.#open ? [...this.#items, this.#current(undefined)] : this.#items
  }

  #end(atMs: number): void {
    if (this.#open) this.#items.push(this.#current(atMs))
    this.#open = undefined
  }

  #current(toMs: number | undefined): Item {
    const { epoch = 0, fromMs = 0, isSetUp = false } = this.#open ?? {}
    return {
      lane: 'connection',
      state: isSetUp ? 'open' : 'connecting',
      fromMs,
      toMs,
      label: isSetUp ? `epoch ${epoch}` : 'connecting',
      facts: [
        ['epoch', String(epoch)],
        ['state', isSetUp ? 'set up' : 'waiting for the setup'],
      ],
    }
  }
}
