import type { ClientMessage, FunctionResponse, InputKind, RealtimeInput } from './client-message.ts'
import { joinSamples } from './pcm.ts'
import type { JsonObject } from './protocol/read-message.ts'
import type { ServerMessage } from './server-frames.ts'

/** A message of the client as it is logged: what audio it had is counted, not kept. */
export type ReceivedMessage =
  | { readonly type: 'setup'; readonly setup: JsonObject }
  | {
      readonly type: 'realtimeInput'
      /** The kinds in the message, usually one; none in the empty message that the SDK sends for `{}`. */
      readonly inputs: readonly InputKind[]
      readonly audioSamples: number
      /** There only if the message has text. */
      readonly text?: string
    }
  | { readonly type: 'clientContent'; readonly text: string; readonly turnComplete: boolean }
  | { readonly type: 'toolResponse'; readonly responses: readonly FunctionResponse[] }
  | { readonly type: 'contextUpdate' }

/** A message of the server as it is logged. */
export type SentMessage =
  | Exclude<ServerMessage, { type: 'audio' }>
  /** Samples at 24 kHz. */
  | { readonly type: 'audio'; readonly samples: number }
  /** A frame that the test wrote, see `EmulatedSession.sendText`. */
  | { readonly type: 'raw'; readonly text: string }

/** The end of a session. A code of 1005 means a close frame without a code, 1006 no close frame at all. */
export interface SessionClose {
  readonly code: number
  readonly reason: string
  readonly by: 'client' | 'server'
}

/** One thing that happened; `atMs` is the time since the session's connection. */
export type LogEntry =
  | { readonly kind: 'received'; readonly atMs: number; readonly message: ReceivedMessage }
  | { readonly kind: 'sent'; readonly atMs: number; readonly message: SentMessage }
  /** The client broke a rule of the protocol. Where the server closes for it, a `close` entry follows. */
  | { readonly kind: 'violation'; readonly atMs: number; readonly reason: string }
  | ({ readonly kind: 'close'; readonly atMs: number } & SessionClose)

/** A realtime input that is not media. */
export type ReceivedSignal =
  | { readonly kind: 'activityStart' | 'activityEnd' | 'audioStreamEnd'; readonly atMs: number }
  | { readonly kind: 'text'; readonly atMs: number; readonly text: string }

/** How the server came to know of a turn: it heard it, the client marked it, or it was written. */
export type TurnSource = 'speech' | 'brackets' | 'text' | 'clientContent'

/** A turn of the user as the server understood it. */
export interface UserTurn {
  readonly source: TurnSource
  readonly startMs: number
  /** Undefined while the turn goes on. */
  readonly endMs: number | undefined
  /** Where the turn begins in `receivedAudio()`. */
  readonly firstSample: number
  /** Its length in samples, for a spoken turn with the silence that ended it; 0 for a written turn. */
  readonly samples: number
}

/** activityStart and activityEnd as the server saw them. */
export interface Brackets {
  readonly starts: number
  readonly ends: number
  /** Whether a bracket is open. */
  readonly open: boolean
  /** False once a start came inside a bracket or an end outside. An open bracket alone does not make it false. */
  readonly balanced: boolean
}

/** Realtime inputs, counted by kind and message, that came while a blocking call was pending. */
export interface WindowInputs {
  /** Within `graceMs` of the toolCall: accepted. */
  readonly grace: number
  /** Later: the session was closed. */
  readonly violations: number
  /** Later, where it does not end the session; absent if there were none. */
  readonly accepted?: number
}

/** A function response with what became of it: only one to a `pending` call has an effect. */
export interface ReceivedToolResponse extends FunctionResponse {
  readonly atMs: number
  readonly idWas: 'pending' | 'answered' | 'cancelled' | 'unknown'
}

function bracketsIn(signals: readonly ReceivedSignal[]): Brackets {
  const brackets = { starts: 0, ends: 0, open: false, balanced: true }
  for (const { kind } of signals) {
    if (kind !== 'activityStart' && kind !== 'activityEnd') continue
    const opens = kind === 'activityStart'
    if (opens === brackets.open) brackets.balanced = false
    if (opens) brackets.starts++
    else brackets.ends++
    brackets.open = opens
  }
  return brackets
}

/** Records one session. */
export class SessionLog {
  readonly entries: LogEntry[] = []
  readonly signals: ReceivedSignal[] = []
  readonly toolResponses: ReceivedToolResponse[] = []
  setup: JsonObject | undefined
  closed: SessionClose | undefined
  inputsDuringWindow: WindowInputs = { grace: 0, violations: 0 }
  readonly #elapsedMs: () => number
  readonly #onEntry: (entry: LogEntry) => void
  readonly #audio: Int16Array[] = []
  readonly #turns: UserTurn[] = []
  #audioSamples = 0

  constructor(elapsedMs: () => number, onEntry: (entry: LogEntry) => void) {
    this.#elapsedMs = elapsedMs
    this.#onEntry = onEntry
  }

  get audio(): Int16Array {
    return joinSamples(this.#audio)
  }

  get brackets(): Brackets {
    return bracketsIn(this.signals)
  }

  get turns(): readonly UserTurn[] {
    return this.#turns.map((turn) =>
      turn.endMs === undefined ? { ...turn, samples: this.#audioSamples - turn.firstSample } : turn,
    )
  }

  received(message: Exclude<ClientMessage, { type: 'invalid' }>): void {
    const atMs = this.#elapsedMs()
    switch (message.type) {
      case 'setup':
        this.setup ??= message.setup.received
        this.#receive(atMs, { type: 'setup', setup: message.setup.received })
        return
      case 'realtimeInput':
        this.#receiveInputs(atMs, message.inputs)
        return
      case 'clientContent':
      case 'toolResponse':
      case 'contextUpdate':
        this.#receive(atMs, message)
        return
      default:
        message satisfies never
    }
  }

  sent(message: ServerMessage | { readonly type: 'raw'; readonly text: string }): void {
    const logged: SentMessage =
      message.type === 'audio' ? { type: 'audio', samples: message.samples.length } : message
    this.#add({ kind: 'sent', atMs: this.#elapsedMs(), message: logged })
  }

  violation(reason: string): void {
    this.#add({ kind: 'violation', atMs: this.#elapsedMs(), reason })
  }

  close(end: SessionClose): void {
    this.closed = end
    this.#add({ kind: 'close', atMs: this.#elapsedMs(), ...end })
  }

  toolResponse(response: FunctionResponse, idWas: ReceivedToolResponse['idWas']): void {
    this.toolResponses.push({ ...response, atMs: this.#elapsedMs(), idWas })
  }

  inputDuringWindow(verdict: keyof WindowInputs, count: number): void {
    this.inputsDuringWindow = {
      ...this.inputsDuringWindow,
      [verdict]: (this.inputsDuringWindow[verdict] ?? 0) + count,
    }
  }

  /** `firstSample` of a spoken turn lies before what was received when the turn was noticed. */
  turnStarted(source: TurnSource, firstSample: number): void {
    this.#turns.push({ source, startMs: this.#elapsedMs(), endMs: undefined, firstSample, samples: 0 })
  }

  /** A turn of writing: it begins and ends at once. */
  turnWritten(source: 'text' | 'clientContent'): void {
    this.turnStarted(source, this.#audioSamples)
    this.turnEnded(source, this.#audioSamples)
  }

  turnEnded(source: TurnSource, endSample: number): void {
    const index = this.#turns.findLastIndex((turn) => turn.source === source && turn.endMs === undefined)
    const turn = this.#turns[index]
    if (turn === undefined) return
    this.#turns[index] = { ...turn, endMs: this.#elapsedMs(), samples: endSample - turn.firstSample }
  }

  #receive(atMs: number, message: ReceivedMessage): void {
    this.#add({ kind: 'received', atMs, message })
  }

  #add(entry: LogEntry): void {
    this.entries.push(entry)
    this.#onEntry(entry)
  }

  #receiveInputs(atMs: number, inputs: readonly RealtimeInput[]): void {
    let audioSamples = 0
    let text: string | undefined
    for (const input of inputs) {
      if (input.kind === 'audio' || input.kind === 'mediaChunks') {
        this.#audio.push(input.samples)
        audioSamples += input.samples.length
      } else if (input.kind === 'text') {
        text = input.text
        this.signals.push({ kind: input.kind, atMs, text })
      } else if (input.kind !== 'video') {
        this.signals.push({ kind: input.kind, atMs })
      }
    }
    this.#audioSamples += audioSamples
    const kinds = inputs.map((input) => input.kind)
    const message = { type: 'realtimeInput', inputs: kinds, audioSamples } as const
    this.#receive(atMs, text === undefined ? message : { ...message, text })
  }
}
