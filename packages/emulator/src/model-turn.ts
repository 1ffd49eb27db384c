import type { Setup } from './client-message.ts'
import type { ConversationOptions, ConversationPort } from './conversation-port.ts'
import type { Spoken } from './script.ts'
import type { ServerMessage } from './server-frames.ts'
import { Speech, transcriptEnd, transcriptStart, utteranceSteps } from './speech.ts'
import type { UsageMeter } from './usage-meter.ts'
import { outputSampleRate } from './voice.ts'

/** What follows the model's speech and its parts. */
export interface ModelTurnEvents {
  /** Half of the speech has been sent, and it goes on. */
  halfSent(): void
  /** The speech was heard to its end. If the model had no more to say, its turn is complete. */
  ended(): void
}

/** The model's turn on the wire: its speech, and the messages that end a turn. */
export class ModelTurn {
  readonly #setup: Setup
  readonly #port: Pick<ConversationPort, 'send' | 'audioMessageMs'>
  readonly #options: Pick<ConversationOptions, 'profile' | 'clock'>
  readonly #meter: UsageMeter
  readonly #callsPending: () => boolean
  #speech: Speech | undefined
  // Whether the turn of a blocking call is open, and ends with the speech about the answer.
  #waits = false
  // Whether a transcript has begun for a turn in which nothing may be said.
  #transcribesNothing = false

  constructor(
    setup: Setup,
    port: Pick<ConversationPort, 'send' | 'audioMessageMs'>,
    options: Pick<ConversationOptions, 'profile' | 'clock'>,
    meter: UsageMeter,
    callsPending: () => boolean,
  ) {
    this.#setup = setup
    this.#port = port
    this.#options = options
    this.#meter = meter
    this.#callsPending = callsPending
  }

  get speaks(): boolean {
    return this.#speech !== undefined
  }

  get isOpen(): boolean {
    return this.#waits || this.speaks
  }

  get #sendsThoughts(): boolean {
    return this.#options.profile.thoughts && this.#setup.includeThoughts !== false
  }

  /** Keeps the turn open until the answer to a blocking call. */
  waitForAnswer(): void {
    this.#waits = true
  }

  /** Sends what comes before a toolCall that begins a turn. */
  beginCall(thought = ''): void {
    const { emptyContent, framedTranscripts } = this.#options.profile
    const { outputTranscription, answersInText } = this.#setup
    if (emptyContent) this.#port.send({ type: 'emptyContent' })
    this.#meter.speak({ seconds: 0, characters: 0, thoughtCharacters: thought.length })
    if (thought !== '' && this.#sendsThoughts) this.#port.send({ type: 'thought', text: thought })
    if (!framedTranscripts || !outputTranscription || answersInText) return
    this.#transcribesNothing = true
    this.#port.send(transcriptStart)
  }

  /** Speaks. `goesOn`: the model has more to say in the same turn. */
  say({ say: text, thought }: Spoken, goesOn: boolean, events: ModelTurnEvents): void {
    const { profile, clock } = this.#options
    this.#transcribesNothing = false
    const { outputTranscription: transcribed, answersInText: written } = this.#setup
    const samplesPerMessage = Math.max(1, Math.round((this.#port.audioMessageMs() * outputSampleRate) / 1000))
    const utterance = {
      ...{ text, transcribed, written, samplesPerMessage, goesOn },
      ...(thought !== undefined && this.#sendsThoughts ? { thought } : {}),
    }
    const speech = new Speech(utteranceSteps(utterance, profile), (thought ?? '').length, clock, {
      send: (...messages) => this.#port.send(...messages),
      halfSent: () => {
        if (this.#speech === speech) events.halfSent()
      },
      ended: () => {
        this.#end(speech)
        if (speech.generated) this.complete()
        events.ended()
      },
    })
    this.#speech = speech
    speech.start()
  }

  /** Stops speaking for a blocking call. If all was sent, the turn is over; otherwise it goes on after the answer. */
  fallSilent(): void {
    if (this.#speech === undefined) return
    const speech = this.#speech
    this.#end(speech)
    if (speech.generated) this.complete()
  }

  /** Stops speaking, because the user interrupts, and ends the turn. */
  interrupt(): void {
    if (this.speaks) this.breakOff()
  }

  /** Ends the turn before the model has said all. `messages` belong to the same moment. */
  breakOff(...messages: readonly ServerMessage[]): void {
    // End it before sending: `onEntry` may call a function, which would end it too.
    if (this.#speech !== undefined) this.#end(this.#speech)
    this.complete({ type: 'interrupted' }, ...messages)
  }

  /** Ends the turn with its usage, behind `messages` of the same moment: whatever `onEntry` does comes after the end. */
  complete(...messages: readonly ServerMessage[]): void {
    this.#waits = false
    const ofTranscript = this.#transcribesNothing ? [transcriptEnd] : []
    this.#transcribesNothing = false
    this.#port.send(...ofTranscript, ...messages, {
      type: 'turnComplete',
      usage: this.#meter.endAnswer(),
      ...(this.#setup.extendedThinking && this.#options.profile.interactionStatus
        ? { idle: !this.#callsPending() }
        : {}),
    })
  }

  /** Stops speaking without a message, because the session has ended. Its record stays, but needs no audio. */
  stop(): void {
    this.#speech?.cancel()
    this.#speech = undefined
  }

  #end(speech: Speech): void {
    speech.cancel()
    this.#meter.speak(speech.sent)
    this.#speech = undefined
  }
}
