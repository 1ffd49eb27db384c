import { CallLedger, type Settlement } from './call-ledger.ts'
import type { ClientMessage, RealtimeInput, Setup } from './client-message.ts'
import type { Clock } from './clock.ts'
import type { Profile } from './profile.ts'
import { defaultThenSay, type Reply, replyTo, type Script, type ScriptedCall } from './script.ts'
import type { ServerMessage, Usage } from './server-frames.ts'
import type { SessionLog } from './session-log.ts'
import { Speech } from './speech.ts'
import { type TurnEvent, type UserTurns, userTurnsFor } from './user-turns.ts'
import { outputSampleRate } from './voice.ts'

/** Where a conversation puts what it does. */
export interface ConversationPort {
  send(message: ServerMessage): void
  /** Ends the session with a close frame; the conversation is stopped by this. */
  close(code: number, reason: string): void
}

export interface ConversationOptions {
  readonly profile: Profile
  readonly clock: Clock
  readonly graceMs: number
  readonly script: Script
  /** Gives an id that no other call of the emulator has. */
  readonly nextCallId: () => string
}

type ConversationMessage = Exclude<ClientMessage, { type: 'setup' | 'invalid' }>

// Source: the price list of the Gemini API counts 25 tokens for a second of audio; four characters are about a token.
const tokensPerSecond = 25
const charactersPerToken = 4

/**
 * The server's side of a session from setupComplete on: the turns of the user, the calls that are pending, and what the
 * model says. It speaks when nothing is pending; whatever it owes until then waits in a queue. No socket, no platform.
 */
export class Conversation {
  readonly #setup: Setup
  readonly #port: ConversationPort
  readonly #log: SessionLog
  readonly #options: ConversationOptions
  readonly #replies: readonly Reply[]
  readonly #userTurns: UserTurns
  readonly #calls: CallLedger = new CallLedger()
  readonly #heard = { audioSeconds: 0, characters: 0 }
  #turnsTaken = 0
  readonly #owed: Reply[] = []
  #speech: Speech | undefined
  #stopped = false

  constructor(setup: Setup, port: ConversationPort, log: SessionLog, options: ConversationOptions) {
    this.#setup = setup
    this.#port = port
    this.#log = log
    this.#options = options
    this.#replies = options.script(setup.functions)
    this.#userTurns = userTurnsFor(setup)
  }

  receive(message: ConversationMessage): void {
    switch (message.type) {
      case 'realtimeInput':
        this.#receiveInputs(message.inputs)
        return
      case 'clientContent':
        this.#receiveContent(message.text, message.turnComplete)
        return
      case 'toolResponse':
        this.#receiveResponses(message)
        return
      case 'contextUpdate':
        return
      default:
        message satisfies never
    }
  }

  /** Sends one toolCall now; gives the ids. A blocking call makes the model break off what it is saying. */
  callTools(requests: readonly ScriptedCall[], thenSay: string = defaultThenSay): readonly string[] {
    const calls = requests.map(({ name, args, id }) => ({
      name,
      args: args ?? {},
      id: id ?? this.#options.nextCallId(),
    }))
    const opened = calls.map(({ id, name }) => ({ id, blocking: this.#isBlocking(name) }))
    const blocks = opened.some((call) => call.blocking)
    if (blocks && this.#speech !== undefined) this.#breakOff(this.#speech)
    this.#port.send({ type: 'toolCall', calls })
    this.#calls.open(opened, thenSay, this.#options.clock.now())
    // A blocking call leaves the turn open until the answer; after a non-blocking one the model has nothing to say.
    if (!blocks && this.#speech === undefined && this.#calls.windowOpenedAtMs === undefined) {
      this.#port.send({ type: 'generationComplete' })
      this.#completeTurn(0)
    }
    return calls.map((call) => call.id)
  }

  /** Takes calls back; those that were the last to be waited for let the model go on. */
  cancelCalls(ids: readonly string[]): void {
    this.#port.send({ type: 'toolCallCancellation', ids })
    this.#goOn(ids.map((id) => this.#calls.settle(id, 'cancelled')))
  }

  /** Sends nothing any more. */
  stop(): void {
    this.#stopped = true
    this.#speech?.cancel()
  }

  #receiveInputs(inputs: readonly RealtimeInput[]): void {
    if (!this.#admit(inputs)) return
    for (const input of inputs) {
      if ('samples' in input) this.#heard.audioSeconds += input.samples.length / input.sampleRate
      for (const event of this.#userTurns.receive(input)) {
        this.#take(event)
        if (this.#stopped) return
      }
    }
  }

  /** The rule of the tool window: input is tolerated while it can have been in flight, then it ends the session. */
  #admit(inputs: readonly RealtimeInput[]): boolean {
    const openedAtMs = this.#calls.windowOpenedAtMs
    if (openedAtMs === undefined || inputs.length === 0) return true
    const elapsedMs = this.#options.clock.now() - openedAtMs
    if (elapsedMs < this.#options.graceMs) {
      this.#log.inputDuringWindow('grace', inputs.length)
      return true
    }
    this.#log.inputDuringWindow('violations', inputs.length)
    const kinds = inputs.map((input) => input.kind).join(' and ')
    this.#log.violation(
      `${kinds} while a blocking call is pending, ${Math.round(elapsedMs)} ms after the toolCall`,
    )
    const { code, reason } = this.#options.profile.inputDuringBlockingCall
    this.#port.close(code, reason)
    return false
  }

  #take(event: TurnEvent): void {
    switch (event.type) {
      case 'started':
        this.#log.turnStarted(event.source, event.atSample)
        if (this.#setup.interruptible) this.#interrupt()
        return
      case 'ended':
        this.#log.turnEnded(event.source, event.atSample)
        this.#oweReply()
        return
      case 'written':
        // Text is a turn but no interruption. Source: generative_service.proto on realtime input.
        this.#log.turnWritten('text')
        this.#heard.characters += event.text.length
        this.#oweReply()
        return
      case 'violation':
        this.#log.violation(event.reason)
        return
      case 'refused':
        this.#log.violation(event.reason)
        this.#port.close(1007, event.closeReason)
        return
      default:
        event satisfies never
    }
  }

  /** Client content is no realtime input: it may come at any time. Source: generative_service.proto; it interrupts. */
  #receiveContent(text: string, turnComplete: boolean): void {
    this.#heard.characters += text.length
    this.#interrupt()
    if (!turnComplete) return
    this.#log.turnWritten('clientContent')
    this.#oweReply()
  }

  #receiveResponses({ responses }: Extract<ConversationMessage, { type: 'toolResponse' }>): void {
    const settlements = responses.map((response): Settlement => {
      const { id, willContinue } = response
      const settlement =
        id === undefined || willContinue
          ? { idWas: this.#calls.look(id) }
          : this.#calls.settle(id, 'answered')
      this.#log.toolResponse(response, settlement.idWas)
      return settlement
    })
    this.#goOn(settlements)
  }

  #oweReply(): void {
    this.#owed.push(replyTo(this.#turnsTaken, this.#replies))
    this.#turnsTaken++
    this.#advance()
  }

  #goOn(settlements: readonly Settlement[]): void {
    const answers = settlements.flatMap(({ thenSay }): Reply[] =>
      thenSay === undefined ? [] : [{ say: thenSay }],
    )
    this.#owed.unshift(...answers)
    this.#advance()
  }

  /** Gives what is owed, as far as the model is free to. */
  #advance(): void {
    while (this.#speech === undefined && this.#calls.windowOpenedAtMs === undefined) {
      const reply = this.#owed.shift()
      if (reply === undefined) return
      if ('say' in reply) this.#say(reply.say)
      else if ('call' in reply) this.callTools(reply.call, reply.thenSay)
    }
  }

  #say(text: string): void {
    const utterance = { text, transcribed: this.#setup.outputTranscription }
    const speech = new Speech(
      utterance,
      this.#options.clock,
      (message) => this.#port.send(message),
      () => {
        this.#completeTurn(speech.samplesSent)
        this.#advance()
      },
    )
    this.#speech = speech
    speech.start()
  }

  #interrupt(): void {
    if (this.#speech === undefined) return
    this.#speech.cancel()
    this.#port.send({ type: 'interrupted' })
    this.#completeTurn(this.#speech.samplesSent)
    this.#advance()
  }

  /** Makes room for a blocking call. A turn of which all was sent is over; another goes on after the answer. */
  #breakOff(speech: Speech): void {
    speech.cancel()
    if (speech.generated) this.#completeTurn(speech.samplesSent)
    this.#speech = undefined
  }

  #completeTurn(samplesSent: number): void {
    this.#speech = undefined
    this.#port.send({ type: 'turnComplete', usage: this.#usage(samplesSent) })
  }

  #usage(samplesSent: number): Usage {
    return {
      prompt: {
        AUDIO: Math.ceil(this.#heard.audioSeconds * tokensPerSecond),
        TEXT: Math.ceil(this.#heard.characters / charactersPerToken),
      },
      response: Math.ceil((samplesSent / outputSampleRate) * tokensPerSecond),
    }
  }

  #isBlocking(name: string): boolean {
    return !this.#setup.functions.some((declared) => declared.name === name && declared.nonBlocking)
  }
}
