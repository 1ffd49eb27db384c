import fc from 'fast-check'
import type { InputKind, InputPolicy } from '../src/index.ts'
import type { LiveSessionEvent } from '../src/session.ts'
import { kinds } from './inputs.ts'

/** How sessions differ besides profile and policy. */
export interface Circumstances {
  /** The setup disables automatic activity detection. */
  readonly manual: boolean
  readonly preRollMs: number
  readonly responses: 'together' | 'alone'
  /** The session sends the setup, not its transport. */
  readonly opens: boolean
}

/** What an application does, by itself or from inside a callback. */
export type Deed =
  | { readonly do: 'offer'; readonly kind: InputKind }
  /** Answers a call by hand, with so many responses in one message. */
  | { readonly do: 'by hand'; readonly which: number; readonly times: number }
  /** `connect`: another connection takes over, and is set up in a later step. */
  | { readonly do: 'connect' | 'close' | 'throw' }

/** A callback of the application: for an event, for a tool, or from inside `send`, if the transport is its own. */
export type Moment = LiveSessionEvent['type'] | 'run' | 'send'

export type Step =
  | Deed
  /** Arms what the application does in the next callback of this kind. */
  | { readonly do: 'when'; readonly moment: Moment; readonly deed: Deed }
  /**
   * A message with calls, with ids or without: of tools with a handler, one of them with little time, one without a handler, one that is
   * not declared, and two with a declared behavior.
   */
  | { readonly do: 'call'; readonly tools: readonly ToolName[]; readonly withId: boolean }
  | {
      readonly do: 'repeat' | 'cancel' | 'finish' | 'report'
      readonly which: number
      readonly how: Outcome
    }
  | { readonly do: 'advance'; readonly byMs: number }
  /** The transport refuses messages from now on, or takes them again; its buffer is full, or empty again. */
  | { readonly do: 'fails' | 'is full'; readonly so: boolean }
  /** The transport refuses one message, after so many others. */
  | { readonly do: 'fails once'; readonly after: number }
  /** The server accepts the setup; or another connection does at once; or the server closes. `say` sends what is never gated. */
  | { readonly do: 'set up' | 'reconnect' | 'closed' | 'say' }
  /** An earlier connection reports something. */
  | { readonly do: 'stale'; readonly which: number; readonly say: number }
  | { readonly do: 'junk'; readonly say: number }

export type ToolName = 'handled' | 'quick' | 'by_hand' | 'unknown' | 'free' | 'strict'
export type Outcome = 'returns' | 'throws' | 'returns a BigInt'

/** Messages without anything that a session could act on (G12). */
export const junk: readonly object[] = [
  { toolCall: null },
  { toolCall: {} },
  { toolCall: { functionCalls: 'none' } },
  { toolCall: { functionCalls: [null, 5] } },
  { toolCallCancellation: { ids: 5 } },
  { somethingNew: { ids: [1] }, serverContent: { interrupted: true } },
]

/** Which one: the latest, or any. */
const which = fc.oneof(fc.constant(0), fc.nat(9))
const offer = fc.record({
  do: fc.constant('offer'),
  kind: fc.constantFrom('audio', 'activityStart', 'activityEnd', ...kinds),
})
const byHand = fc.record({ do: fc.constant('by hand'), which, times: fc.constantFrom(1, 1, 1, 2) })

const deed = fc.oneof(
  { weight: 4, arbitrary: offer },
  { weight: 3, arbitrary: byHand },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('connect', 'close', 'throw') }) },
) as fc.Arbitrary<Deed>

const moments: readonly Moment[] = [
  'run',
  'gate-shut',
  'gate-opened',
  'input-dropped',
  'call-settled',
  'call-repeated',
  'call-overdue',
  'response-suppressed',
  'tool-window-opened',
  'hold-expired',
  'send-failed',
  'setup-complete',
  'session-closed',
]

const tools: readonly ToolName[] = ['handled', 'handled', 'quick', 'by_hand', 'unknown', 'free', 'strict']

const step = fc.oneof(
  {
    weight: 24,
    arbitrary: fc.record({
      do: fc.constant('call'),
      tools: fc.array(fc.constantFrom(...tools), { minLength: 1, maxLength: 3 }),
      withId: fc.constantFrom(true, true, false),
    }),
  },
  {
    weight: 36,
    arbitrary: fc.record({
      do: fc.constantFrom('repeat', 'cancel', 'finish', 'finish', 'report'),
      which,
      how: fc.constantFrom<Outcome>('returns', 'throws', 'returns a BigInt'),
    }),
  },
  { weight: 22, arbitrary: byHand },
  { weight: 56, arbitrary: offer },
  {
    weight: 14,
    arbitrary: fc.record({
      do: fc.constant('advance'),
      byMs: fc.constantFrom(1, 60, 3000, 5000, 15_000, 30_000, 300_000),
    }),
  },
  {
    weight: 16,
    arbitrary: fc.record({ do: fc.constant('when'), moment: fc.constantFrom(...moments), deed }),
  },
  {
    weight: 12,
    arbitrary: fc.record({ do: fc.constant('when'), moment: fc.constant('send'), deed: offer }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('fails'), so: fc.boolean() }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('is full'), so: fc.constantFrom(true, true, false) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('fails once'), after: fc.nat(4) }) },
  { weight: 14, arbitrary: fc.record({ do: fc.constantFrom('connect', 'reconnect', 'reconnect') }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('set up') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('say') }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('closed', 'close') }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('stale'), which, say: fc.nat(4) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('junk'), say: fc.nat(junk.length - 1) }) },
) as fc.Arbitrary<Step>

/** Sequences of up to so many steps; without `size`, fast-check would rarely make more than ten. */
export const sequence = (maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(step, { maxLength, size: 'max' })

export const circumstances: fc.Arbitrary<Circumstances> = fc.record({
  manual: fc.boolean(),
  preRollMs: fc.constantFrom(300, 50, 0),
  responses: fc.constantFrom('together', 'alone'),
  opens: fc.boolean(),
})

/** The rule of a kind; signals follow audio. */
export function ruleOf(policy: InputPolicy, kind: InputKind): string {
  return kind === 'video' || kind === 'text' ? policy[kind] : policy.audio
}
