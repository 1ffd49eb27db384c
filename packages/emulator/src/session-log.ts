import type { ClientMessage, FunctionResponse, InputKind, RealtimeInput } from './client-message.ts'
import type { ConnectionRequest } from './connection-request.ts'
import type { Fault } from './fault.ts'
import { loggedSetup } from './logged-setup.ts'
import type { JsonObject } from './protocol/read-message.ts'
import { SampleStore } from './sample-store.ts'
import type { ServerMessage } from './server-frames.ts'

/** Samples per second of a client's audio, unless its `mimeType` names another rate. */
export const usualSampleRate = 16_000

/** A message of the client as logged. Its audio is counted, not kept. */
export type ReceivedMessage =
  /** Without the values of headers, keys and bytes, which `EmulatedSession.setup` has. */
  | { readonly type: 'setup'; readonly setup: JsonObject }
  | {
      readonly type: 'realtimeInput'
      /** The kinds of input in the message: usually one, none in the empty message that the SDK sends for `{}`. */
      readonly inputs: readonly InputKind[]
      readonly audioSamples: number
      /** Samples per second; absent if 16 000. */
      readonly sampleRate?: number
      /** Absent if the message has no text. */
      readonly text?: string
    }
  | { readonly type: 'clientContent'; readonly text: string; readonly turnComplete: boolean }
  | { readonly type: 'toolResponse'; readonly responses: readonly FunctionResponse[] }
  | { readonly type: 'contextUpdate' }

/** A message of the server as logged. */
export type SentMessage =
  | Exclude<ServerMessage, { type: 'audio' }>
  /** Samples at 24 kHz. */
  | { readonly type: 'audio'; readonly samples: number }
  /** A frame written by the test: see `EmulatedSession.sendText`. */
  | { readonly type: 'raw'; readonly text: string }

/** The end of a session. Code 1005 means a close frame without a code, 1006 no close frame at all. */
export interface SessionClose {
  readonly code: number
  readonly reason: string
  readonly by: 'client' | 'server'
}

/** An event of a session. `atMs` counts from the connection. */
export type LogEntry =
  /** The first entry of a client that connected over a socket. */
  | { readonly kind: 'connected'; readonly atMs: number; readonly connection: ConnectionRequest }
  /** The setup's handle resumed a session. `epoch` is the number of this connection within it. */
  | { readonly kind: 'resumed'; readonly atMs: number; readonly epoch: number }
  | { readonly kind: 'received'; readonly atMs: number; readonly message: ReceivedMessage }
  | { readonly kind: 'sent'; readonly atMs: number; readonly message: SentMessage }
  /** The client broke a rule of the protocol. Where the server closes for it, a `close` entry follows. */
  | { readonly kind: 'violation'; readonly atMs: number; readonly reason: string }
  /** Something that the client probably did not mean, or that real servers may not accept. */
  | { readonly kind: 'warning'; readonly atMs: number; readonly reason: string }
  /** A test, a script or the control port injected a fault. */
  | { readonly kind: 'fault'; readonly atMs: number; readonly fault: Fault }
  | ({ readonly kind: 'close'; readonly atMs: number } & SessionClose)

/** A realtime input that is not media. */
export type ReceivedSignal =
  | { readonly kind: 'activityStart' | 'activityEnd' | 'audioStreamEnd'; readonly atMs: number }
  | { readonly kind: 'text'; readonly atMs: number; readonly text: string }

/** How the server learned of a turn: it detected speech, the client marked it, or it came as text. */
export type TurnSource = 'speech' | 'brackets' | 'text' | 'clientContent'

/** A turn of the user as the server understood it. */
export interface UserTurn {
  readonly source: TurnSource
  readonly startMs: number
  /** Undefined while the turn is open. */
  readonly endMs: number | undefined
  /** Where the turn begins in all audio received: an index into `receivedAudio()`, unless samples were dropped from it. */
  readonly firstSample: number
  /** The turn's length in samples. It includes the silence that ended a detected turn; it is 0 for a written turn. */
  readonly samples: number
}

/** The activityStart and activityEnd signals that the server saw. */
export interface Brackets {
  readonly starts: number
  readonly ends: number
  /** Whether a bracket is open. */
  readonly open: boolean
  /** False once a start came inside a bracket, or an end outside of one. An open bracket alone does not make it false. */
  readonly balanced: boolean
}

/** Counts of the realtime inputs that came while a blocking call was pending. Each kind in a message counts. */
export interface WindowInputs {
  /** Accepted, because they came within `graceMs` of the toolCall, or before it left. */
  readonly grace: number
  /** Came later, and closed the session. */
  readonly violations: number
  /** Came later, and did not close the session. Absent if there were none. */
  readonly accepted?: number
}

/** A function response with the status of its call. Only a response to a `pending` call has an effect. */
export interface ReceivedToolResponse extends FunctionResponse {
  readonly atMs: number
  readonly idWas: 'pending' | 'answered' | 'cancelled' | 'unknown'
}

function bracketsAfter(
  { starts, ends, open, balanced }: Brackets,
  kind: Exclude<ReceivedSignal['kind'], 'text'>,
): Brackets {
  switch (kind) {
    case 'activityStart':
      return { starts: starts + 1, ends, open: true, balanced: balanced && !open }
    case 'activityEnd':
      return { starts, ends: ends + 1, open: false, balanced: balanced && open }
    case 'audioStreamEnd':
      return { starts, ends, open, balanced }
    default:
      return kind satisfies never
  }
}

/** How much was dropped from the beginning of a log, to bound the emulator's memory. */
export interface Forgotten {
  readonly entries: number
  readonly samples: number
}

// Estimates of the memory for a session without entries, and for an entry without the characters of its frame.
const bytesOfSession = 8192
const bytesOfEntry = 300

/** Records one session. */
export class SessionLog {
  readonly entries: LogEntry[] = []
  readonly signals: ReceivedSignal[] = []
  readonly toolResponses: ReceivedToolResponse[] = []
  setup: JsonObject | undefined
  closed: SessionClose | undefined
  inputsDuringWindow: WindowInputs = { grace: 0, violations: 0 }
  forgotten: Forgotten = { entries: 0, samples: 0 }
  /** An estimate of the memory used, in bytes. */
  keptBytes: number = bytesOfSession
  readonly #elapsedMs: () => number
  readonly #onEntry: (entry: LogEntry, bytes: number, frame?: string) => void
  readonly #audio: SampleStore = new SampleStore()
  readonly #bytesOfEntries: number[] = []
  readonly #turns: UserTurn[] = []
  #brackets: Brackets = { starts: 0, ends: 0, open: false, balanced: true }
  #audioSamples = 0
  #latestAudio: Extract<ReceivedMessage, { type: 'realtimeInput' }> | undefined

  /** Calls `onEntry` with each entry after adding it, with the growth of `keptBytes`, and with the frame if it was received. */
  constructor(elapsedMs: () => number, onEntry: (entry: LogEntry, bytes: number, frame?: string) => void) {
    this.#elapsedMs = elapsedMs
    this.#onEntry = onEntry
  }

  get audio(): Int16Array {
    return this.#audio.toArray()
  }

  get brackets(): Brackets {
    return this.#brackets
  }

  get turns(): readonly UserTurn[] {
    return this.#turns.map((turn) =>
      turn.endMs === undefined ? { ...turn, samples: this.#audioSamples - turn.firstSample } : turn,
    )
  }

  /** The length of `frame` serves as an estimate of the memory that the message takes, audio included. */
  received(message: Exclude<ClientMessage, { type: 'invalid' }>, frame: string): void {
    const atMs = this.#elapsedMs()
    switch (message.type) {
      case 'setup':
        this.setup ??= message.setup.received
        this.#receive(atMs, { type: 'setup', setup: loggedSetup(message.setup.received) }, frame)
        return
      case 'realtimeInput':
        this.#receiveInputs(atMs, message.inputs, frame)
        return
      case 'clientContent': {
        const { type, text, turnComplete } = message
        this.#receive(atMs, { type, text, turnComplete }, frame)
        return
      }
      case 'toolResponse':
        this.#receive(atMs, message, frame)
        return
      case 'contextUpdate':
        this.#receive(atMs, { type: message.type }, frame)
        return
      default:
        message satisfies never
    }
  }

  /** Adds messages of the same moment. All are added before `onEntry` hears of the first, because `onEntry` may end the session. */
  sent(...messages: readonly (ServerMessage | { readonly type: 'raw'; readonly text: string })[]): void {
    const atMs = this.#elapsedMs()
    const added = messages.map((message) => {
      const logged: SentMessage =
        message.type === 'audio' ? { type: 'audio', samples: message.samples.length } : message
      return this.#keep(
        { kind: 'sent', atMs, message: logged },
        message.type === 'raw' ? message.text.length : 0,
      )
    })
    for (const report of added) report()
  }

  connected(connection: ConnectionRequest): void {
    this.#add({ kind: 'connected', atMs: this.#elapsedMs(), connection }, 0)
  }

  resumed(epoch: number): void {
    this.#add({ kind: 'resumed', atMs: this.#elapsedMs(), epoch }, 0)
  }

  warning(reason: string): void {
    this.#add({ kind: 'warning', atMs: this.#elapsedMs(), reason }, reason.length)
  }

  fault(fault: Fault): void {
    this.#add({ kind: 'fault', atMs: this.#elapsedMs(), fault }, JSON.stringify(fault).length)
  }

  violation(reason: string): void {
    this.#add({ kind: 'violation', atMs: this.#elapsedMs(), reason }, reason.length)
  }

  close(end: SessionClose): void {
    this.closed = end
    this.#add({ kind: 'close', atMs: this.#elapsedMs(), ...end }, end.reason.length)
  }

  toolResponse(response: FunctionResponse, idWas: ReceivedToolResponse['idWas']): void {
    this.toolResponses.push({ ...response, atMs: this.#elapsedMs(), idWas })
  }

  inputDuringWindow(outcome: keyof WindowInputs, count: number): void {
    this.inputsDuringWindow = {
      ...this.inputsDuringWindow,
      [outcome]: (this.inputsDuringWindow[outcome] ?? 0) + count,
    }
  }

  /** `firstSample` of a detected turn is earlier than the sample at which speech was detected. */
  turnStarted(source: TurnSource, firstSample: number): void {
    this.#turns.push({ source, startMs: this.#elapsedMs(), endMs: undefined, firstSample, samples: 0 })
  }

  /** Records a written turn, which begins and ends at once. */
  turnWritten(source: 'text' | 'clientContent'): void {
    this.turnStarted(source, this.#audioSamples)
    this.turnEnded(this.#audioSamples)
  }

  /** Ends the turn that began last: a written one lies inside another. */
  turnEnded(endSample: number): void {
    const index = this.#turns.findLastIndex((turn) => turn.endMs === undefined)
    const turn = this.#turns[index]
    if (turn === undefined) return
    this.#turns[index] = { ...turn, endMs: this.#elapsedMs(), samples: endSample - turn.firstSample }
  }

  /** Drops the first half of the log, and the audio that came with it. */
  forgetHalf(): void {
    const entries = this.entries.splice(0, Math.ceil(this.entries.length / 2))
    const samples = entries.reduce((sum, entry) => sum + samplesOf(entry), 0)
    this.#audio.forget(samples)
    this.forgotten = {
      entries: this.forgotten.entries + entries.length,
      samples: this.forgotten.samples + samples,
    }
    const keptFromMs = this.entries[0]?.atMs ?? this.#elapsedMs()
    forgetBefore(keptFromMs, this.signals, ({ atMs }) => atMs)
    forgetBefore(keptFromMs, this.toolResponses, ({ atMs }) => atMs)
    forgetBefore(keptFromMs, this.#turns, ({ endMs }) => endMs)
    for (const bytes of this.#bytesOfEntries.splice(0, entries.length)) this.keptBytes -= bytes
  }

  #receive(atMs: number, message: ReceivedMessage, frame: string): void {
    this.#keep({ kind: 'received', atMs, message }, frame.length, frame)()
  }

  #add(entry: LogEntry, characters: number): void {
    this.#keep(entry, characters)()
  }

  /** Adds an entry and returns a function that reports it to `onEntry`. */
  #keep(entry: LogEntry, characters: number, frame?: string): () => void {
    const bytes = bytesOfEntry + characters
    this.entries.push(entry)
    this.#bytesOfEntries.push(bytes)
    this.keptBytes += bytes
    return () => this.#onEntry(entry, bytes, frame)
  }

  #receiveInputs(atMs: number, inputs: readonly RealtimeInput[], frame: string): void {
    let audioSamples = 0
    let sampleRate = usualSampleRate
    let text: string | undefined
    for (const input of inputs) {
      if (input.kind === 'audio' || input.kind === 'mediaChunks') {
        this.#audio.append(input.samples)
        audioSamples += input.samples.length
        sampleRate = input.sampleRate
      } else if (input.kind === 'text') {
        text = input.text
        this.signals.push({ kind: input.kind, atMs, text })
      } else if (input.kind !== 'video') {
        this.signals.push({ kind: input.kind, atMs })
        this.#brackets = bracketsAfter(this.#brackets, input.kind)
      }
    }
    this.#audioSamples += audioSamples
    const [first, ...others] = inputs
    if (first?.kind === 'audio' && others.length === 0) {
      this.#receive(atMs, this.#audioMessage(audioSamples, sampleRate), frame)
      return
    }
    const kinds = inputs.map((input) => input.kind)
    const message = { type: 'realtimeInput', inputs: kinds, audioSamples, ...rateOf(sampleRate) } as const
    this.#receive(atMs, text === undefined ? message : { ...message, text }, frame)
  }

  /** Reuses the latest message if it is equal: most messages are audio frames of one size, and sharing keeps the log small. */
  #audioMessage(audioSamples: number, sampleRate: number): ReceivedMessage {
    const latest = this.#latestAudio
    if (latest?.audioSamples === audioSamples && (latest.sampleRate ?? usualSampleRate) === sampleRate)
      return latest
    const message = {
      type: 'realtimeInput',
      inputs: ['audio'],
      audioSamples,
      ...rateOf(sampleRate),
    } as const
    this.#latestAudio = message
    return message
  }
}

function rateOf(sampleRate: number): { readonly sampleRate?: number } {
  return sampleRate === usualSampleRate ? {} : { sampleRate }
}

/** The number of audio samples received with an entry. */
export function samplesOf(entry: LogEntry): number {
  const isAudio = entry.kind === 'received' && entry.message.type === 'realtimeInput'
  return isAudio ? entry.message.audioSamples : 0
}

/** Removes items that ended before `ms`. An item without an end stays. */
function forgetBefore<Item>(ms: number, items: Item[], endOf: (item: Item) => number | undefined): void {
  let kept = 0
  for (const item of items) if ((endOf(item) ?? ms) >= ms) items[kept++] = item
  items.length = kept
}
