import type { DropReason, InputKind, Settlement } from '@livegate/core'

/** What happened to an input when it was offered. */
type Fate = 'sent' | 'held' | 'dropped'

/** One thing that happened in a run; `atMs` is milliseconds since the run began. JSON-serialisable. */
export type Fact = { readonly atMs: number } & (PageFact | ServerFact)

/** What the page did, and what its session reported. */
export type PageFact =
  | { readonly type: 'connecting'; readonly epoch: number }
  | { readonly type: 'set-up'; readonly epoch: number }
  /** The end of a connection, as the page saw it. `code` is absent if the page closed it. */
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
  /** A held input was dropped after all. */
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
  /** Speech of the model arrived; it is heard after what is already queued. */
  | { readonly type: 'spoke'; readonly durationMs: number }
  | { readonly type: 'interrupted' }
  | { readonly type: 'turn-complete' }
  | { readonly type: 'transcript'; readonly who: 'user' | 'model'; readonly text: string }
  | { readonly type: 'fault'; readonly name: string }
  /** Of the frames that are kept, those that never reached the server, as found after the run. Each range is first and count, in order. */
  | { readonly type: 'never-arrived'; readonly ranges: readonly (readonly [number, number])[] }
  /** Always the first fact: those about single frames from before `untilMs` are no longer kept, so many of the microphone's. */
  | {
      readonly type: 'forgotten'
      readonly untilMs: number
      readonly frames: number
      readonly durationMs: number
    }

/** What the emulator saw. Google's server reports nothing of the kind. */
export type ServerFact =
  | { readonly type: 'server-heard'; readonly durationMs: number }
  /** A turn of the user as the server sees it; reported again when it ends. */
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

/** The facts of a type. */
export type FactOf<Type extends Fact['type']> = Extract<Fact, { readonly type: Type }>
