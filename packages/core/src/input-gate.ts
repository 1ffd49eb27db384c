// `Hold` extends `Disposable`, which the `lib` of a program that compiles against this may lack.
/// <reference lib="esnext.disposable" preserve="true" />
import { type BacklogSize, endOfEmptyTurn, nextLoss, sizeOf, type Waiting, weigh } from './backlog.ts'
import type { CallId } from './function-call.ts'
import { holdInput, type InputPolicy, type InputRule } from './input-policy.ts'
import { quietly } from './quietly.ts'
import { type InputKind, inputKind, inputKinds, type RealtimeInput } from './realtime-input.ts'

/**
 * Why an input was not sent:
 *
 * - `policy`: the gate was shut, and the policy drops this kind;
 * - `overflow`: the backlog was full, and this was the oldest audio, or a picture;
 * - `replaced`: a newer picture came while it was waiting;
 * - `empty`: a bracket signal whose bracket has lost everything in it;
 * - `unpaired`: an `activityStart` inside a bracket, or an `activityEnd` outside;
 * - `outside-bracket`: audio between two turns of manual activity mode, too old for the pre-roll;
 * - `failed`: `send` threw;
 * - `closed`: the gate was closed.
 */
export type DropReason =
  | 'policy'
  | 'overflow'
  | 'replaced'
  | 'empty'
  | 'unpaired'
  | 'outside-bracket'
  | 'failed'
  | 'closed'

/**
 * What happened to an input. The reason of `held` is the name of the hold that keeps the gate shut; `release` while the backlog is leaving;
 * or `pre-roll` for audio that waits for the next turn.
 */
export type Verdict =
  | { readonly status: 'sent' }
  | { readonly status: 'held'; readonly reason: string }
  | { readonly status: 'dropped'; readonly reason: DropReason }

/** `offered = sent + held + dropped`, at every moment (G5). */
export interface InputCounters {
  readonly offered: number
  readonly sent: number
  readonly held: number
  readonly dropped: { readonly [reason in DropReason]?: number }
}

/** A reason for the gate to be shut. */
export interface HoldName {
  readonly name: string
  readonly id: CallId | undefined
}

/** A hold on the gate, until it is released. Releasing it again does nothing. */
export interface Hold extends Disposable {
  release(): void
}

/** What happens at the gate, besides what `offer` returns. */
export type GateEvent =
  | { readonly type: 'gate-shut'; readonly hold: HoldName }
  /** The last hold is gone, and the backlog has left. */
  | { readonly type: 'gate-opened' }
  /** `durationMs` is 0 for anything but audio; `error` is what `send` threw. */
  | {
      readonly type: 'input-dropped'
      readonly kind: InputKind
      readonly reason: DropReason
      readonly durationMs: number
      readonly error: unknown
    }

/** Everything there is to know about a gate. JSON-serialisable; holds no content. */
export interface GateSnapshot {
  readonly status: 'open' | 'shut' | 'closed'
  readonly holds: readonly HoldName[]
  readonly backlog: BacklogSize
  /** Whether the server has seen an `activityStart` and not yet its end. */
  readonly bracketOpen: boolean
  readonly counters: { readonly [kind in InputKind]: InputCounters }
}

/** What a gate needs: a function that sends. The rest is optional. */
export interface InputGateOptions {
  /**
   * Puts an input on the wire, at once and in order. `nth` counts the inputs of its kind from 1; an input that could not be sent does not
   * count. `offer` rethrows what it throws.
   */
  readonly send: (input: RealtimeInput, kind: InputKind, nth: number) => void
  /** Default: {@link holdInput}. It is not checked; for a policy of untyped code `checkPolicy` does that. */
  readonly policy?: InputPolicy | undefined
  /** Called with what happens, besides what `offer` returns. Whatever it throws is ignored. */
  readonly onEvent?: ((event: GateEvent) => void) | undefined
}

const sent: Verdict = { status: 'sent' }

/** What is counted as it happens. What is held is counted when a snapshot is taken. */
interface Counts {
  offered: number
  sent: number
  dropped: { readonly [reason in DropReason]?: number }
}

const byKind = <Value>(make: (kind: InputKind) => Value): { [kind in InputKind]: Value } =>
  Object.fromEntries(inputKinds.map((kind) => [kind, make(kind)])) as { [kind in InputKind]: Value }

/**
 * Decides for each input whether it leaves now, waits or is dropped. The gate is open exactly when it has no holds.
 *
 * It needs nothing but a function that sends. It reads no clock and sets no timer, so whoever takes a hold must make sure to release it.
 *
 * @example
 * ```ts
 * import { holdInput, InputGate } from '@livegate/core'
 *
 * const socket: string[] = []
 * const gate = new InputGate({
 *   send: (realtimeInput) => socket.push(JSON.stringify({ realtimeInput })),
 *   policy: holdInput({ maxDurationMs: 10_000 }),
 * })
 *
 * gate.offer({ text: 'before' }) // { status: 'sent' }
 * const hold = gate.hold('tool-call', 'function-call-1')
 * gate.offer({ text: 'meanwhile' }) // { status: 'held', reason: 'tool-call' }
 * hold.release() // 'meanwhile' leaves now
 * ```
 */
export class InputGate {
  readonly #send: InputGateOptions['send']
  readonly #policy: InputPolicy & { readonly [kind in InputKind]?: InputRule }
  readonly #emit: (event: GateEvent) => void
  readonly #counters = byKind<Counts>(() => ({ offered: 0, sent: 0, dropped: {} }))
  readonly #holds: Set<HoldName> = new Set()
  readonly #backlog: Waiting[] = []
  #isClosed = false
  /** Whether the server has seen an `activityStart` and not yet its end. */
  #bracketOpen = false

  constructor({ send, policy = holdInput(), onEvent }: InputGateOptions) {
    this.#send = send
    this.#policy = policy
    this.#emit = quietly(onEvent)
  }

  /**
   * Offers an input to the server. A shut gate is not an error: the verdict says what happened to the input.
   *
   * The input's content is not checked; for input from untyped code {@link checkInput} does that. An input that waits is kept as it is:
   * offer a new object each time.
   *
   * @param kind the input's kind, if it is already known.
   * @throws {LivegateError} `invalid-input`, when no known field is set or more than one; nothing is sent or counted then.
   * @throws what `send` throws; the input is counted as dropped then.
   */
  offer(input: RealtimeInput, kind: InputKind = inputKind(input)): Verdict {
    this.#counters[kind].offered++
    // While the backlog is leaving, the gate is not open yet: new input has to stand behind it (G6).
    const isShut = this.#holds.size || this.#backlog.length
    // Signals have no rule of their own: they wait or pass with the audio they belong to.
    return !isShut || this.#isClosed || (this.#policy[kind] ?? this.#policy.audio) === 'pass'
      ? this.#deliver(input, kind)
      : this.#keep(weigh(input, kind))
  }

  /**
   * Shuts the gate for a reason, identified by name and id. Holding twice under the same name and id is one hold.
   * On a closed gate the hold has no effect.
   */
  hold(name: string, id?: CallId): Hold {
    const hold = [...this.#holds].find((each) => each.name === name && each.id === id) ?? { name, id }
    if (!(this.#isClosed || this.#holds.has(hold))) {
      this.#holds.add(hold)
      this.#emit({ type: 'gate-shut', hold })
    }
    const release = (): void => {
      if (this.#holds.delete(hold)) this.#release()
    }
    return { release, [Symbol.dispose]: release }
  }

  /** Drops what waits and refuses what comes, for a connection that is gone. Closing twice does nothing. */
  close(): void {
    this.#isClosed = true
    this.#holds.clear()
    this.#release()
  }

  /** The whole state, without content. */
  snapshot(): GateSnapshot {
    return {
      status: this.#isClosed ? 'closed' : this.#holds.size || this.#backlog.length ? 'shut' : 'open',
      holds: [...this.#holds],
      backlog: sizeOf(this.#backlog),
      bracketOpen: this.#bracketOpen,
      counters: byKind((kind) => ({
        ...this.#counters[kind],
        held: this.#backlog.filter((waiting) => waiting.kind === kind).length,
      })),
    }
  }

  /** Lets an input wait, unless the policy drops it, and keeps the backlog within its bounds. */
  #keep(waiting: Waiting): Verdict {
    if (this.#policy[waiting.kind] === 'drop') return this.#drop(waiting, 'policy')
    this.#backlog.push(waiting)
    let verdict: Verdict = { status: 'held', reason: [...this.#holds][0]?.name ?? 'release' }
    for (;;) {
      const [lost, why] = nextLoss(this.#backlog, this.#policy)
      if (!lost) return verdict
      const dropped = this.#drop(lost, why)
      // The one that has to go may be the one that has just come.
      if (lost === waiting) verdict = dropped
    }
  }

  /** Sends, unless the connection is gone or the server would see an unpaired bracket (G4). */
  #deliver(input: RealtimeInput, kind: InputKind): Verdict {
    const starts = kind === 'activityStart'
    const isBracket = starts || kind === 'activityEnd'
    const refusal = this.#isClosed ? 'closed' : isBracket && this.#bracketOpen === starts && 'unpaired'
    const counts = this.#counters[kind]
    if (refusal) return this.#drop(weigh(input, kind), refusal)
    try {
      if (isBracket) this.#bracketOpen = starts
      this.#send(input, kind, ++counts.sent)
      return sent
    } catch (error) {
      counts.sent--
      if (isBracket) this.#bracketOpen = !starts
      this.#drop(weigh(input, kind), 'failed', error)
      throw error
    }
  }

  /** Sends what waits. A hold that comes while it leaves stops it; a `send` that throws does not (G3). */
  #release(): void {
    while (!this.#holds.size) {
      const waiting = this.#backlog.shift()
      if (!waiting) {
        if (!this.#isClosed) this.#emit({ type: 'gate-opened' })
        return
      }
      // While a bracket is open, a start begins no turn: the end behind it belongs to the open bracket.
      const end = !this.#bracketOpen && waiting.kind === 'activityStart' && endOfEmptyTurn(this.#backlog)
      try {
        if (end) {
          this.#drop(waiting, 'empty')
          // Unless a listener that heard of the first drop has let the end leave.
          if (this.#backlog.indexOf(end) >= 0) this.#drop(end, 'empty')
        } else {
          this.#deliver(waiting.input, waiting.kind)
        }
      } catch {
        // Already counted and reported as `failed`; it is no fault of whoever released the hold.
      }
    }
  }

  #drop(lost: Waiting, reason: DropReason, error?: unknown): Verdict {
    const { kind, durationMs } = lost
    const counts = this.#counters[kind]
    // A new object, because earlier snapshots refer to the old one.
    counts.dropped = { ...counts.dropped, [reason]: (counts.dropped[reason] ?? 0) + 1 }
    // In place: with a copy for each loss, a long backlog would take seconds to drop. For one that does not wait, -1 becomes no index.
    this.#backlog.splice(this.#backlog.indexOf(lost) >>> 0, 1)
    this.#emit({ type: 'input-dropped', reason, kind, durationMs, error })
    return { status: 'dropped', reason }
  }
}
