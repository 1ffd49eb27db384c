import type { RealtimeInput } from '@livegate/core'
import { mustBe } from '@livegate/core/session'
import { type LiveInput, type MediaSource, toRealtimeInput } from '@livegate/core/wire'
import { newListeners } from './listeners.ts'
import type { Microphone } from './open-microphone.ts'
import type { Speaker } from './open-speaker.ts'

/** The part of a server message that a voice reads. */
export interface VoiceMessage {
  readonly serverContent?: {
    readonly modelTurn?: { readonly parts?: readonly { readonly inlineData?: MediaSource }[] }
    readonly interrupted?: boolean
    readonly generationComplete?: boolean
    readonly turnComplete?: boolean
  }
}

/** What a voice needs from a session; those of `connectLive` have it. */
export interface VoiceSession {
  sendRealtimeInput(input: RealtimeInput): unknown
  /**
   * Says whether the server detects speech, and how many milliseconds of silence end a turn. If detection is disabled, the caller sends
   * `activityStart` and `activityEnd`, and the voice sends no end of the stream. Default: enabled, 500.
   */
  readonly setup?: {
    readonly realtimeInputConfig?:
      | {
          readonly automaticActivityDetection?:
            | { readonly disabled?: boolean | undefined; readonly silenceDurationMs?: number | undefined }
            | undefined
        }
      | undefined
  }
  /** Calls the listener with each message from the server, after the gate has seen it. */
  onMessage(listener: (message: VoiceMessage) => void): () => void
}

/**
 * - `interrupted`: the user interrupted the model; `playedMs` milliseconds of its turn were played, the rest is dropped;
 * - `audio-refused`: a message has audio that cannot be played, for example of an unknown type;
 * - `send-failed`: the session threw instead of taking a frame.
 */
export type VoiceEvent =
  | { readonly type: 'interrupted'; readonly playedMs: number }
  | { readonly type: 'audio-refused'; readonly error: unknown }
  | { readonly type: 'send-failed'; readonly error: unknown }

/** What {@link connectVoice} connects. Each can belong to one voice at a time. */
export interface VoiceOptions {
  readonly session: VoiceSession
  readonly microphone: Microphone
  readonly speaker: Speaker
}

/** Microphone, session and speaker, bound together. */
export interface Voice {
  /** Calls the listener with everything that happens. Returns a function that ends that. */
  onEvent(listener: (event: VoiceEvent) => void): () => void
  /** Unbinds the three, which stay open for their owner to close. For the server it ends the stream of a live microphone. */
  close(): void
}

/** The sessions, microphones and speakers that belong to a voice; none can belong to two. */
const inUse = new WeakSet<object>()

/**
 * Sends the microphone's frames to the session, and plays the model's speech. When the server says that the user has interrupted the
 * model, the speaker falls silent at once. When the microphone stops, a server that detects speech gets as much silence as ends a turn,
 * and `audioStreamEnd`; in manual activity mode the caller's `activityEnd` ends the turn.
 *
 * @throws {LivegateError} `in-use`, if one of the three belongs to another voice; `invalid-options`, if one is missing or something else,
 * such as a promise of it.
 */
export function connectVoice({ session, microphone, speaker }: VoiceOptions): Voice {
  const parts = [
    ['session', session, session?.onMessage, 'connectLive'],
    ['microphone', microphone, microphone?.onFrame, 'openMicrophone'],
    ['speaker', speaker, speaker?.flush, 'openSpeaker'],
  ] as const
  for (const [name, part, method, maker] of parts) {
    // A promise that nobody awaited has no such method.
    mustBe(method, name, `what \`await ${maker}(…)\` returns`, part)
    mustBe(!inUse.has(part), name, 'free: close the voice that it is a part of first', 'in use', 'in-use')
  }
  const events = newListeners<[VoiceEvent]>()
  const send = (input: LiveInput): void => {
    try {
      session.sendRealtimeInput(toRealtimeInput(input))
    } catch (error) {
      events.emit({ type: 'send-failed', error })
    }
  }
  const { disabled, silenceDurationMs = 500 } =
    session.setup?.realtimeInputConfig?.automaticActivityDetection ?? {}
  let isLive = microphone.state === 'live'
  /** Ends a stream once, although a loss may be reported again, or the microphone or the voice closed after it. */
  const endStream = (): void => {
    if (!isLive || disabled) return
    isLive = false
    // Silence first: if reports of Gemini 3.8 are right, nothing else ends a turn there. At most a minute: a setup may name days.
    if (silenceDurationMs > 0) send({ audio: new Int16Array(16 * Math.min(silenceDurationMs, 60_000)) })
    send({ audioStreamEnd: true })
  }
  const disposers: (() => unknown)[] = [
    session.onMessage(({ serverContent }) => {
      // Flush first: audio in the same message belongs to the next turn.
      if (serverContent?.interrupted) {
        void speaker.flush().then((playedMs) => events.emit({ type: 'interrupted', playedMs }))
      }
      const parts = serverContent?.modelTurn?.parts
      // The rest of a message counts, whatever is wrong with its parts (G12).
      for (const part of Array.isArray(parts) ? parts : []) {
        try {
          // On the wire, empty data is absent.
          if (part?.inlineData) speaker.play({ data: '', ...part.inlineData })
        } catch (error) {
          events.emit({ type: 'audio-refused', error })
        }
      }
      if (serverContent?.generationComplete || serverContent?.turnComplete) speaker.endTurn()
    }),
    microphone.onFrame((audio) => send({ audio })),
    microphone.onStateChange((state) => {
      if (state === 'live') isLive = true
      else endStream()
    }),
  ]
  for (const [, part] of parts) {
    inUse.add(part)
    disposers.push(() => inUse.delete(part))
  }

  return {
    onEvent: events.add,
    close() {
      endStream()
      for (const dispose of disposers.splice(0)) dispose()
    },
  }
}
