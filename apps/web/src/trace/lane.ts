import type { Frame } from './frames.ts'

export const laneIds = ['microphone', 'server', 'turns', 'gate', 'tools', 'model', 'connection'] as const

export type LaneId = (typeof laneIds)[number]

/** The title of each lane, and what it shows. */
export const laneTitles: Readonly<Record<LaneId, { readonly title: string; readonly hint: string }>> = {
  microphone: { title: 'Microphone', hint: 'when it was said' },
  server: { title: 'Server heard', hint: 'when it arrived' },
  turns: { title: 'Turns', hint: 'as the server sees them' },
  gate: { title: 'Gate', hint: 'when it is shut, and why' },
  tools: { title: 'Tool calls', hint: 'pending until answered' },
  model: { title: 'Model', hint: 'its speech as it is heard' },
  connection: { title: 'Connection', hint: 'each one is an epoch' },
}

export type ItemState =
  | 'sent'
  | 'held'
  | 'dropped'
  | 'replayed'
  | 'idle'
  | 'forgotten'
  | 'signal'
  | 'turn'
  | 'shut'
  | 'running'
  | 'answered'
  | 'failed'
  | 'speaking'
  | 'interrupted'
  | 'connecting'
  | 'open'
  | 'dead'
  | 'fault'

/** One item on a lane. */
export interface Item {
  readonly lane: LaneId
  readonly state: ItemState
  readonly fromMs: number
  /** Undefined while it lasts; equal to `fromMs` for a moment. */
  readonly toMs: number | undefined
  /** A few words to show in it. */
  readonly label: string
  /** Its details, as names and values. */
  readonly facts: readonly (readonly [name: string, value: string])[]
}

/** What a timeline shows. */
export interface Lanes {
  readonly items: readonly Item[]
  readonly frames: readonly Frame[]
  /** When the last thing happened. */
  readonly endMs: number
}
