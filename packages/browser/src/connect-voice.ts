import type { RealtimeInput } from '@livegate/core'
import { type MediaSource, toRealtimeInput } from '@livegate/core/wire'
import { mustBe } from './failure.ts'
import { newListeners } from './listeners.ts'
import type { Microphone } from './open-microphone.ts'
import type { Speaker } from './open-speaker.ts'

/** The part of the server's messages that a voice reads. */
export interface VoiceMessage {
  readonly serverContent?: {
    readonly modelTurn?: { readonly parts?: readonly { readonly inlineData?: MediaSource }[] }
    readonly interrupted?: boolean
    readonly generationComplete?: boolean
    readonly turnComplete?: boolean
  }
}

/** What a voice needs of a session; the sessions of `connectLive` have it. */
export interface VoiceSession {
  sendRealtimeInput(input: RealtimeInput): unknown
  /**
   * Says whether the server detects speech, and how much silence ends a turn: if it does not, turns have brackets, and no end of the
   * stream is sent. Default: it does, by half a second.
   */
  readonly setup?: {
    readonly realtimeInputConfig?: {
      readonly automaticActivityDetection?: {
        readonly disabled?: boolean
        readonly silenceDurationMs?: number
      }
    }
  }
  /** Calls the listener with each message of the server, after the gate has seen it. */
  onMessage(listener: (message: VoiceMessage) => void): () => void
}

/**
 * - `interrupted`: the user spoke into the model's turn; `playedMs` of it were played, and the rest is dropped;
 * - `audio-refused`: a message has audio that cannot be played, such as one of an unknown type;
 * - `send-failed`: the session could not take a frame.
 */
export type VoiceEvent =
  | { readonly type: 'interrupted'; readonly playedMs: number }
  | { readonly type: 'audio-refused'; readonly error: unknown }
  | { readonly type: 'send-failed'; readonly error: unknown }

export interface VoiceOptions {
  readonly session: VoiceSession
  readonly microphone: Microphone
  readonly speaker: Speaker
}

/** A conversation: microphone, session and speaker bound together. */
export interface Voice {
  onEvent(listener: (event: VoiceEvent) => void): () => void
  /** Separates them; all three stay open, for their owner to close. */
  close(): void
}

/** What belongs to a conversation, and can't be in another at the same time. */
const inUse = new WeakSet<object>()

/**
 * Lets the session hear the microphone and be heard from the speaker. When the user speaks into the model's turn, and the server says so,
 * the speaker is silent at once. When the microphone is paused or lost, a server that listens for speech hears silence, and is told that
 * the stream has ended; in manual activity mode that is the caller's `activityEnd`.
 *
 * @throws {LivegateError} `in-use`, when one of the three is a part of another conversation; `invalid-options`, when one is missing.
 */
export function connectVoice({ session, microphone, speaker }: VoiceOptions): Voice {
  const parts = { session, microphone, speaker }
  for (const [name, part] of Object.entries(parts)) {
    mustBe(part, name, `an open ${name}`, part)
    mustBe(!inUse.has(part), name, 'free: close the voice that it is a part of first', 'in use', 'in-use')
  }
  for (const part of Object.values(parts)) inUse.add(part)
  const events = newListeners<[VoiceEvent]>()
  const send = (input: RealtimeInput): void => {
    try {
      session.sendRealtimeInput(input)
    } catch (error) {
      events.tell({ type: 'send-failed', error })
    }
  }
  const { disabled, silenceDurationMs = 500 } =
    session.setup?.realtimeInputConfig?.automaticActivityDetection ?? {}
  let isLive = microphone.state === 'live'
  const disposers = [
    microphone.onFrame((audio) => send(toRealtimeInput({ audio }))),
    microphone.onStateChange((state) => {
      // What has ended ends no second time, when the loss is told again, or it is closed.
      if (isLive && state !== 'live' && !disabled) {
        // First: where reports of Gemini 3.8 are right, nothing else ends a turn there.
        send(toRealtimeInput({ audio: new Int16Array(16 * silenceDurationMs) }))
        send({ audioStreamEnd: true })
      }
      isLive = state === 'live'
    }),
    session.onMessage(({ serverContent = {} }) => {
      // First: what is in the same message comes after it.
      if (serverContent.interrupted) {
        void speaker.flush().then((playedMs) => events.tell({ type: 'interrupted', playedMs }))
      }
      for (const { inlineData } of serverContent.modelTurn?.parts ?? []) {
        // What is empty has no data on the wire.
        if (inlineData) play({ data: '', ...inlineData })
      }
      if (serverContent.generationComplete || serverContent.turnComplete) speaker.endTurn()
    }),
  ]
  function play(audio: MediaSource): void {
    try {
      speaker.play(audio)
    } catch (error) {
      events.tell({ type: 'audio-refused', error })
    }
  }

  return {
    onEvent: events.add,
    close() {
      for (const dispose of disposers.splice(0)) dispose()
      for (const part of Object.values(parts)) inUse.delete(part)
    },
  }
}
