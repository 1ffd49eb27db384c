import type { DropReason, InputKind, Settlement } from '@livegate/core'

/** What became of an input when it was offered. */
type Fate = 'sent' | 'held' | 'dropped'

/** One thing that happened in a run; `atMs` is milliseconds since the run began. JSON-serialisable. */
export type Fact = { readonly atMs: number } & (PageFact | ServerFact)

/** What the page did, and what its session told. */
export type PageFact =
  | { readonly type: 'connecting'; readonly epoch: number }
  | { readonly type: 'set-up'; readonly epoch: number }
  /** The end of a connection, as the page was told of it. `code` is absent where it was closed from here. */
  | { readonly type: 'closed'; readonly epoch: number; readonly code?: number; readonly reason: string }
  /** `level` is the root mean square of a frame of audio, from 0 to 1. */
  | {
      readonly type: 'offered'
      readonly kind: InputKind
      readonly fate: Fate
      readonly reason?: string
      readonly durationMs: number
      readonly level: number
    }
  /** Something that waited was given up after all. */
  | { readonly type: 'given-up'; readonly kind: InputKind; readonly reason: DropReason }
  | { readonly type: 'gate-shut'; readonly hold: string; readonly id?: number | string }
  | { readonly type: 'gate-opened' }
  | {
      readonly type: 'called'
      readonly id: number | string
      readonly name: string
      readonly args: Readonly<Record<string, unknown>>
    }
  | { readonly type: 'settled'; readonly id: number | string; readonly as: Settlement }
  /** The model's speech arrived; it is heard behind what is there. */
  | { readonly type: 'spoke'; readonly durationMs: number }
  | { readonly type: 'interrupted' }
  | { readonly type: 'turn-complete' }
  | { readonly type: 'transcript'; readonly who: 'user' | 'model'; readonly text: string }
  | { readonly type: 'fault'; readonly name: string }
  /** Found when the run was over: these frames of the microphone never reached the server. Each range is first and count. */
  | { readonly type: 'never-arrived'; readonly ranges: readonly (readonly [number, number])[] }

/** What the emulator saw. Google's server tells nothing of the kind. */
export type ServerFact =
  | { readonly type: 'server-heard'; readonly durationMs: number }
  /** A turn of the user as the server understands it; told again when it ends. */
  | {
      readonly type: 'server-turn'
      readonly index: number
      readonly source: 'speech' | 'brackets' | 'text' | 'clientContent'
      readonly startMs: number
      readonly endMs?: number
    }
  | {
      readonly type: 'server-answered'
      readonly name: string
      readonly idWas: 'pending' | 'answered' | 'cancelled' | 'unknown'
    }
  | { readonly type: 'server-objected'; readonly reason: string }
  | {
      readonly type: 'server-closed'
      readonly code: number
      readonly reason: string
      readonly by: 'client' | 'server'
    }

/** A fact of a type. */
export type FactOf<Type extends Fact['type']> = Extract<Fact, { readonly type: Type }>
