import fc from 'fast-check'
import { describe, expect, inject, it } from 'vitest'
import {
  dropInput,
  type Hold,
  holdInput,
  InputGate,
  type InputKind,
  type InputPolicy,
  passInput,
  type RealtimeInput,
} from '../src/index.ts'
import { inputOf, kinds } from './inputs.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly effort: number
  }
}

const effort = inject('effort')

/** What can happen to a gate. `fails`: the transport refuses messages from now on, or takes them again. */
type Step =
  | { readonly do: 'offer'; readonly kind: InputKind }
  | { readonly do: 'hold' | 'release'; readonly id: number }
  | { readonly do: 'fails'; readonly fails: boolean }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('offer'), kind: fc.constantFrom(...kinds) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('hold'), id: fc.nat(2) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('release'), id: fc.nat(2) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fails'), fails: fc.boolean() }) },
) as fc.Arbitrary<Step>

const steps = fc.array(step, { maxLength: 60 })

const policies: readonly (readonly [string, InputPolicy])[] = [
  ['holdInput', holdInput()],
  ['holdInput, of 60 ms', holdInput({ maxDurationMs: 60 })],
  ['holdInput, of nothing', holdInput({ maxDurationMs: 0, maxBytes: 0 })],
  ['dropInput', dropInput()],
  ['passInput', passInput()],
  ['audio held, text passed', { ...holdInput(), text: 'pass' }],
  ['audio passed, text held', { ...holdInput(), audio: 'pass' }],
]

/** The rule of a kind; signals follow audio. */
function ruleOf(policy: InputPolicy, kind: InputKind): string {
  return kind === 'video' || kind === 'text' ? policy[kind] : policy.audio
}

/** What a transport throws when it refuses a message. */
const gone = new Error('socket gone')

/** `expect` a million times is slow. */
function must(condition: boolean, law: string): void {
  if (!condition) throw new Error(`broken: ${law}`)
}

/** A gate, with a server that knows only the messages it got. */
class Scene {
  readonly gate: InputGate
  readonly #policy: InputPolicy
  readonly #holds: Map<number, Hold> = new Map()
  /** The order of the offers, by input. */
  readonly #offered: Map<RealtimeInput, { readonly order: number; readonly kind: InputKind }> = new Map()
  readonly wire: { readonly order: number; readonly kind: InputKind }[] = []
  bracketOpen = false
  /** Whether the application is in a turn: the last signal that it gave was a start. */
  #speaking = false
  readonly #broken: string[] = []
  #fails = false
  everFailed = false

  constructor(policy: InputPolicy) {
    this.#policy = policy
    this.gate = new InputGate({ policy, send: (input) => this.#receive(input) })
  }

  take(step: Step): void {
    switch (step.do) {
      case 'offer':
        this.offer(step.kind)
        break
      case 'hold':
        this.#holds.set(step.id, this.gate.hold('tool-call', step.id))
        break
      case 'release':
        this.#release(step.id)
        break
      case 'fails':
        this.#fails = step.fails
        this.everFailed ||= step.fails
        break
    }
    this.#checkAccount()
  }

  offer(kind: InputKind): string {
    const input = inputOf(kind)
    if (kind.startsWith('activity')) this.#speaking = kind === 'activityStart'
    this.#offered.set(input, { order: this.#offered.size, kind })
    try {
      return this.gate.offer(input).status
    } catch (error) {
      must(this.#fails && error === gone, `G3: offer threw: ${String(error)}`)
      return String(error)
    }
  }

  /** Brings the gate to rest: all holds are released, the transport works, and the user stops speaking. */
  settle(): void {
    this.#fails = false
    for (const id of [...this.#holds.keys()]) this.#release(id)
    this.offer('activityEnd')
    this.#checkAccount()
  }

  #release(id: number): void {
    const hold = this.#holds.get(id)
    // Before the release: the server may see inputs before `release` returns.
    this.#holds.delete(id)
    hold?.release()
  }

  #receive(input: RealtimeInput): void {
    const offer = this.#offered.get(input)
    if (!offer) {
      this.#broken.push('G5: what was sent was never offered')
      return
    }
    if (this.#fails) throw gone
    const { kind } = offer
    // Collected rather than thrown, because the gate catches what `send` throws.
    const isGated = ruleOf(this.#policy, kind) !== 'pass'
    if (isGated && this.#holds.size > 0) this.#broken.push('G1: sent through a shut gate')
    if (kind === 'activityStart' && this.bracketOpen) this.#broken.push('G4: a start inside a bracket')
    if (kind === 'activityEnd' && !this.bracketOpen) this.#broken.push('G4: an end outside a bracket')
    if (kind.startsWith('activity')) this.bracketOpen = kind === 'activityStart'
    this.wire.push(offer)
  }

  #checkAccount(): void {
    must(this.#broken.length === 0, this.#broken.join('; '))
    const { backlog, counters, status, holds, bracketOpen } = this.gate.snapshot()
    for (const kind of kinds) {
      const { offered, sent, held, dropped } = counters[kind]
      const lost = Object.values(dropped).reduce((sum, count) => sum + count, 0)
      must(
        offered === sent + held + lost,
        `G5: ${kind}: ${offered} offered, ${sent} sent, ${held} held, ${lost} dropped`,
      )
      must(
        sent === this.wire.filter((seen) => seen.kind === kind).length,
        `G5: ${kind}: sent is what the server saw`,
      )
    }
    must(backlog.durationMs <= this.#policy.maxDurationMs, 'the backlog keeps its bound')
    must((status === 'shut') === holds.length > 0, 'G2: shut exactly while there are holds')
    must(holds.length === this.#holds.size, 'G2: the holds are those that were not released')
    must(bracketOpen === this.bracketOpen, 'G4: the gate knows the bracket as the server does')
    const isCaughtUp = status === 'open' && !this.everFailed
    must(
      !isCaughtUp || bracketOpen === this.#speaking,
      'G4: an open gate has told the server of every start and end',
    )
  }
}

describe.each(policies)('under random interleavings, with %s', (_, policy) => {
  it('G1, G2, G4, G5: the gate keeps shut, opens by set, balances brackets and accounts for every input', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const scene = new Scene(policy)
        for (const each of taken) scene.take(each)
        scene.settle()
        expect(scene.gate.snapshot()).toMatchObject({ status: 'open', backlog: { inputs: 0 } })
        if (!scene.everFailed) expect(scene.bracketOpen, 'G4: a turn that was heard is ended').toBe(false)
      }),
      { numRuns: 2000 * effort },
    )
  })

  it('G6.1: what is sent leaves in the order in which it was offered', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const scene = new Scene(policy)
        for (const each of taken) scene.take(each)
        scene.settle()
        // A kind that passes does not wait for the kinds that are held, so each of the two has its own order.
        const passed = scene.wire.filter(({ kind }) => ruleOf(policy, kind) === 'pass')
        const waited = scene.wire.filter(({ kind }) => ruleOf(policy, kind) !== 'pass')
        for (const stream of [passed, waited]) {
          const orders = stream.map(({ order }) => order)
          expect(orders).toEqual([...orders].sort((a, b) => a - b))
        }
      }),
      { numRuns: 1000 * effort },
    )
  })

  it('G4.2: a turn that fell wholly into the window is replayed or dropped as one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom<InputKind>('audio', 'video', 'text'), { maxLength: 8 }),
        (content) => {
          const scene = new Scene(policy)
          scene.take({ do: 'hold', id: 0 })
          for (const kind of ['activityStart', ...content, 'activityEnd'] as const)
            scene.take({ do: 'offer', kind })
          scene.take({ do: 'release', id: 0 })
          const signals = scene.wire.filter(({ kind }) => kind.startsWith('activity'))
          const hasMedia = scene.wire.some(({ kind }) => kind === 'audio' || kind === 'video')
          // A turn without media would interrupt the model for nothing. With a policy that passes audio, its signals pass as well.
          expect(signals).toHaveLength(policy.audio === 'pass' || hasMedia ? 2 : 0)
        },
      ),
      { numRuns: 500 * effort },
    )
  })

  it('G11.1: the same facts give the same effects', () => {
    fc.assert(
      fc.property(steps, (taken) => {
        const [once, again] = [new Scene(policy), new Scene(policy)]
        for (const each of taken) {
          once.take(each)
          again.take(each)
        }
        expect(again.wire).toEqual(once.wire)
        expect(again.gate.snapshot()).toEqual(once.gate.snapshot())
      }),
      { numRuns: 300 * effort },
    )
  })

  it('G5.3: after close everything is accounted for, and nothing more is sent', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const scene = new Scene(policy)
        for (const each of before) scene.take(each)
        scene.gate.close()
        const seen = scene.wire.length
        for (const { do: what, ...rest } of after)
          if (what === 'offer' && 'kind' in rest) scene.offer(rest.kind)
        expect(scene.wire.length).toBe(seen)
        expect(scene.gate.snapshot()).toMatchObject({ status: 'closed', holds: [], backlog: { inputs: 0 } })
      }),
      { numRuns: 500 * effort },
    )
  })
})
