import { HandleStore } from '../src/handle-store.ts'
import type { Ids } from '../src/ids.ts'
import type { EmulatorOptions } from '../src/index.ts'
import { resolveOptions } from '../src/options.ts'
import { pcmOfSamples } from '../src/pcm.ts'
import { seededRandom } from '../src/random.ts'
import { ServerSession } from '../src/server-session.ts'
import { countedIds } from './counted-ids.ts'
import { ManualClock } from './manual-clock.ts'

interface WireFrame {
  readonly setupComplete?: object
  readonly toolCall?: { readonly functionCalls: readonly { name: string; args: object; id: string }[] }
  readonly toolCallCancellation?: { readonly ids: readonly string[] }
  readonly serverContent?: {
    readonly modelTurn?: { readonly parts: readonly { readonly inlineData?: { readonly data: string } }[] }
    readonly outputTranscription?: { readonly text: string }
    readonly generationComplete?: boolean
    readonly turnComplete?: boolean
    readonly interrupted?: boolean
  }
  readonly usageMetadata?: object
}

/** A session on a manual clock, without a socket. */
export class Bench {
  readonly clock: ManualClock
  readonly session: ServerSession
  /** Every frame, as text. */
  readonly frames: string[] = []
  /** How many bytes the client has left unread. */
  unreadBytes = 0
  #lines: string[] = []

  readonly #options: Omit<EmulatorOptions, 'clock'>
  readonly #shared: { readonly ids: Ids; readonly handles: HandleStore }

  /** `before` is an earlier connection to the same emulator. */
  constructor(options: Omit<EmulatorOptions, 'clock'> = {}, before?: Bench) {
    this.clock = before?.clock ?? new ManualClock()
    const resolved = resolveOptions({ ...options, clock: this.clock })
    const channel = {
      connection: { api: 'gemini', version: 'v1beta', constrained: false, credential: 'key' } as const,
      send: (frame: string) => {
        this.frames.push(frame)
        this.#note(lineOf(frame))
      },
      close: (code: number, reason: string) => this.#note(`close ${code} ${reason}`),
      drop: () => this.#note('drop'),
      setReading: (reading: boolean) => this.#note(reading ? 'reads' : 'stops reading'),
      unreadBytes: () => this.unreadBytes,
    }
    this.#options = options
    this.#shared =
      before !== undefined
        ? before.#shared
        : {
            ids: countedIds(resolved.profile),
            handles: new HandleStore(resolved.handleLifetimeMs),
          }
    this.session = new ServerSession(channel, {
      ...resolved,
      ...this.#shared,
      random: seededRandom(resolved.seed),
      number: 1,
      grew: () => {},
    })
  }

  /** Opens another connection to the same emulator. */
  connectAgain(): Bench {
    return new Bench(this.#options, this)
  }

  /** Sends messages of the client, all at the current time. */
  send(...messages: readonly object[]): this {
    for (const message of messages) this.session.receive(JSON.stringify(message))
    return this
  }

  wait(ms: number): this {
    this.clock.advance(ms)
    return this
  }

  /**
   * Returns what the server did since the last call: a line for each action, which begins with the time in ms. Consecutive audio
   * messages are one line, with the time of the first.
   */
  seen(): readonly string[] {
    const lines: string[] = []
    let audio: { at: string; messages: number; samples: number } | undefined
    const flush = () => {
      if (audio !== undefined)
        lines.push(`${audio.at} audio: ${audio.messages} messages, ${audio.samples} samples`)
      audio = undefined
    }
    for (const line of this.#lines) {
      const match = /^([\d.]+) audio (\d+)$/.exec(line)
      if (match === null) {
        flush()
        lines.push(line)
        continue
      }
      audio ??= { at: match[1] ?? '', messages: 0, samples: 0 }
      audio.messages++
      audio.samples += Number(match[2])
    }
    flush()
    this.#lines = []
    return lines
  }

  #note(line: string): void {
    this.#lines.push(`${this.clock.now()} ${line}`)
  }
}

/** Describes a frame in a few words. A frame with anything else in it stays JSON. */
function lineOf(text: string): string {
  let frame: WireFrame
  try {
    frame = JSON.parse(text) as WireFrame
  } catch {
    return `raw ${text}`
  }
  const fields = [...Object.keys(frame), ...Object.keys(frame.serverContent ?? {})].join(' ')
  switch (fields) {
    case 'setupComplete':
      return fields
    case 'toolCall':
      return `toolCall ${frame.toolCall?.functionCalls.map((call) => `${call.id} ${call.name}(${JSON.stringify(call.args)})`).join(', ')}`
    case 'toolCallCancellation':
      return `toolCallCancellation ${frame.toolCallCancellation?.ids.join(', ')}`
    case 'serverContent outputTranscription':
      return `transcript "${frame.serverContent?.outputTranscription?.text}"`
    case 'serverContent modelTurn':
      return `audio ${Buffer.from(frame.serverContent?.modelTurn?.parts[0]?.inlineData?.data ?? '', 'base64').length / 2}`
    case 'serverContent generationComplete':
    case 'serverContent interrupted':
    case 'serverContent usageMetadata turnComplete':
      return fields.split(' ').at(-1) ?? ''
    default:
      return JSON.stringify(frame)
  }
}

/** Makes a tone, which is speech to a detector that measures only energy. */
export function tone(ms: number, sampleRate = 16_000): Int16Array {
  return Int16Array.from({ length: (ms * sampleRate) / 1000 }, (_, index) => 8000 * Math.sin(index / 4))
}

export function silence(ms: number): Int16Array {
  return new Int16Array(ms * 16)
}

export function audio(samples: Int16Array, mimeType = 'audio/pcm;rate=16000'): object {
  return { realtimeInput: { audio: { data: pcmOfSamples(samples).toString('base64'), mimeType } } }
}

export const activityStart = { realtimeInput: { activityStart: {} } }
export const activityEnd = { realtimeInput: { activityEnd: {} } }
export const audioStreamEnd = { realtimeInput: { audioStreamEnd: true } }

export function text(value: string): object {
  return { realtimeInput: { text: value } }
}

export function answer(...ids: readonly string[]): object {
  return {
    toolResponse: {
      functionResponses: ids.map((id) => ({ id, name: 'get_weather', response: { output: 12 } })),
    },
  }
}

/** A setup with get_weather declared, as the SDK for JavaScript sends it. */
export function setup(more: object = {}): object {
  return {
    setup: {
      model: 'models/gemini-2.5-flash-native-audio',
      tools: [{ functionDeclarations: [{ name: 'get_weather' }, { name: 'get_time' }] }],
      ...more,
    },
  }
}

export const manualMode = { realtimeInputConfig: { automaticActivityDetection: { disabled: true } } }

/** Joins the parts in one array. */
export function joinSamples(parts: readonly Int16Array[]): Int16Array {
  const joined = new Int16Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
