import { CallLedger, type Settlement } from './call-ledger.ts'
import type { ClientMessage, FunctionResponse, RealtimeInput, Setup } from './client-message.ts'
import { closeReasons } from './close-reasons.ts'
import type { ConversationOptions, ConversationPort } from './conversation-port.ts'
import { DoubtfulMessages } from './doubtful-messages.ts'
import type { Memory } from './handle-store.ts'
import { type KnownClose, knownCloses } from './known-closes.ts'
import { ModelTurn } from './model-turn.ts'
import { callBlocks } from './profile.ts'
import { Replies } from './replies.ts'
import { doubtAboutBlocking, problemOfIgnoredResponse, problemOfResponse } from './response-problem.ts'
import { defaultThenSay, type Reply, type ScriptedCall, type Spoken, type TurnToAnswer } from './script.ts'
import type { SessionLog } from './session-log.ts'
import { inputTranscript } from './speech.ts'
import { ToolWindow } from './tool-window.ts'
import { UsageMeter } from './usage-meter.ts'
import { type TurnEvent, type UserTurns, userTurnsFor } from './user-turns.ts'

type ConversationMessage = Exclude<ClientMessage, { type: 'setup' | 'invalid' }>
type ClientContent = Extract<ClientMessage, { type: 'clientContent' }>

/**
 * The server's side of a session after setupComplete: the user's turns, the pending calls, and the model's replies. While a
 * blocking call is pending, or the user or the model speaks, replies wait in a queue. It uses no socket and no platform.
 */
export class Conversation {
  readonly #setup: Setup
  readonly #port: ConversationPort
  readonly #log: SessionLog
  readonly #options: ConversationOptions
  readonly #replies: Replies
  readonly #userTurns: UserTurns
  readonly #turn: ModelTurn
  readonly #calls: CallLedger = new CallLedger()
  readonly #window: ToolWindow
  readonly #meter: UsageMeter
  readonly #doubts: DoubtfulMessages
  readonly #owed: Reply[] = []
  #awaitsHistory: boolean
  // What client content has said since the model: it may come in several messages, of which only the last completes the turn.
  #asked = ''
  // All audio so far, and the rate of the latest.
  #audio = { samples: 0, seconds: 0, sampleRate: 16_000 }
  // While the user speaks, replies wait for the end of the turn, unless the setup forbids interruptions. For replies owed from
  // before the turn this is a guess. That a turn left open keeps the model silent: google-gemini/gemini-live-api-examples#38.
  #userSpeaks = false
  #stopped = false
  #isMute = false

  /** `memory` is that of the session's previous connection. */
  constructor(
    setup: Setup,
    port: ConversationPort,
    log: SessionLog,
    options: ConversationOptions,
    memory?: Memory,
  ) {
    this.#setup = setup
    this.#awaitsHistory = setup.historyInContent && options.profile.historyInContent
    this.#doubts = new DoubtfulMessages(options.profile.name, setup)
    this.#port = port
    this.#log = log
    this.#options = options
    this.#replies = new Replies(options.script, setup.functions, memory?.usedReplies)
    this.#meter = new UsageMeter(options.profile, memory?.heard)
    this.#userTurns = userTurnsFor(setup, options.profile)
    this.#turn = new ModelTurn(setup, port, options, this.#meter, () => this.#calls.anyPending)
    this.#window = new ToolWindow(options, log, {
      openedAtMs: () => this.#calls.windowOpenedAtMs,
      closeLike: (close) => this.#closeLike(close),
      cancelCalls: () => this.#cancelWindow(),
    })
  }

  /** Whether the model is speaking, is about to speak, or waits for a tool. */
  get busy(): boolean {
    const willSpeak = this.#owed.length > 0 && !this.#isMute
    return this.#turn.speaks || willSpeak || this.#calls.anyPending
  }

  get memory(): Memory {
    return { usedReplies: this.#replies.used, heard: this.#meter.heard }
  }

  receive(message: ConversationMessage): void {
    const doubt = this.#doubts.warningOf(message)
    if (doubt !== undefined) this.#log.warning(doubt)
    if (!this.#stopped) this.#handle(message)
    if (!this.#stopped) this.#port.changed()
  }

  #handle(message: ConversationMessage): void {
    switch (message.type) {
      case 'realtimeInput':
        this.#receiveInputs(message.inputs)
        return
      case 'clientContent':
        this.#receiveContent(message)
        return
      case 'toolResponse':
        this.#receiveResponses(message.responses)
        return
      case 'contextUpdate':
        if (message.functions !== undefined) this.#replies.declare(message.functions)
        return
      default:
        message satisfies never
    }
  }

  /** Sends one toolCall now and returns its ids. A blocking call makes the model stop speaking. */
  callTools(requests: readonly ScriptedCall[]): readonly string[] {
    const ids = this.#call(requests)
    this.#port.changed()
    return ids
  }

  /** `meanwhile`: the model calls in the middle of its speech, which goes on. */
  #call(
    requests: readonly ScriptedCall[],
    thenSay: string = defaultThenSay,
    { meanwhile } = { meanwhile: false },
  ): readonly string[] {
    const calls = requests.map(({ name, args, id }) => ({
      name,
      args: args ?? {},
      id: id ?? this.#options.ids.call(),
    }))
    const opened = calls.map(({ id, name }) => ({ id, name, blocking: this.#blocks(name) }))
    const blocks = opened.some((call) => call.blocking)
    if (blocks && !meanwhile) this.#turn.fallSilent()
    if (blocks && !this.#options.calls.endTurn) this.#turn.waitForAnswer()
    const inWindow = this.#calls.windowOpenedAtMs !== undefined
    // Add the calls before sending: `onEntry` may cancel them. Until the toolCall leaves, the client can't know of it.
    this.#calls.open(opened, thenSay)
    for (const { name, args } of calls) this.#meter.call(`${name}${JSON.stringify(args)}`)
    const message = { type: 'toolCall', calls } as const
    const repeats = this.#options.calls.delivery === 'twice' ? [{ ...message, repeated: true } as const] : []
    this.#port.send(message, ...repeats)
    this.#calls.sent(this.#options.clock.now() + this.#port.leavesInMs())
    // A blocking call keeps the turn open until its answer, unless calls end turns. After a non-blocking call the model has
    // nothing more to say.
    const endsTurn = !blocks || this.#options.calls.endTurn
    if (endsTurn && !this.#turn.speaks && !inWindow) this.#turn.complete({ type: 'generationComplete' })
    return calls.map((call) => call.id)
  }

  #blocks(name: string): boolean {
    return callBlocks(this.#options.profile, this.#replies.behaviorOf(name))
  }

  /** Cancels calls. If the model waits for no other call, it goes on. */
  cancelCalls(ids: readonly string[]): void {
    this.#port.send({ type: 'toolCallCancellation', ids })
    this.#goOn(ids.map((id) => this.#calls.settle(id, 'cancelled')))
    this.#port.changed()
  }

  /** Stops sending. */
  stop(): void {
    this.#stopped = true
    this.#turn.stop()
    this.#window.end()
  }

  #receiveInputs(inputs: readonly RealtimeInput[]): void {
    if (!this.#window.admit(inputs.map((input) => input.kind))) return
    // A turn that began within the grace time goes on after it.
    if (this.#userSpeaks) this.#window.turnBegan()
    for (const input of inputs) {
      if (input.kind === 'video' || ('isPicture' in input && input.isPicture)) this.#meter.seePictures(1)
      if ('samples' in input) {
        const seconds = input.samples.length / input.sampleRate
        if (this.#userTurns.hears) this.#meter.hearAudio(seconds)
        this.#audio = {
          samples: this.#audio.samples + input.samples.length,
          seconds: this.#audio.seconds + seconds,
          sampleRate: input.sampleRate,
        }
      }
      for (const event of this.#userTurns.receive(input)) {
        this.#take(event)
        if (this.#stopped) return
      }
    }
  }

  #take(event: TurnEvent): void {
    switch (event.type) {
      case 'started':
        this.#log.turnStarted(event.source, event.atSample)
        if (event.source === 'speech') this.#signalActivity('start', event.atSample)
        if (!this.#setup.interruptible) return
        this.#userSpeaks = true
        this.#turn.interrupt()
        this.#window.turnBegan()
        return
      case 'ended':
        this.#log.turnEnded(event.atSample)
        this.#takeReply({ text: undefined })
        // Behind the transcript, as in recorded sessions with 3.1 and 3.8.
        if (event.source === 'speech') this.#signalActivity('end', event.atSample)
        this.#userSpeaks = false
        this.#advance()
        return
      case 'written':
        // Text is a turn but does not interrupt. Source: generative_service.proto on realtime input.
        this.#log.turnWritten('text')
        this.#meter.hearText(event.text)
        this.#window.turnBegan()
        this.#takeReply({ text: event.text })
        this.#advance()
        return
      case 'doubtful':
        this.#log.warning(event.reason)
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

  #signalActivity(activity: 'start' | 'end', atSample: number): void {
    const { voiceActivity } = this.#options.profile
    if (voiceActivity !== 'always' && !(voiceActivity === 'on-request' && this.#setup.explicitVadSignal))
      return
    // Back from the end: the rate may have changed before.
    const { samples, seconds, sampleRate } = this.#audio
    const atSeconds = Number((seconds - (samples - atSample) / sampleRate).toFixed(6))
    this.#port.send({ type: 'voiceActivity', activity, atSeconds })
  }

  /**
   * Client content may come at any time, and interrupts the model; while it is not complete, as the profile says. Content that is
   * history gets no reply. Function responses in client content are refused. Source: firebase/firebase-js-sdk#9264.
   */
  #receiveContent({ text, contents, pictures, turnComplete, answers }: ClientContent): void {
    if (answers && this.#calls.anyPending) {
      this.#log.violation('a function response in client content while a call is pending')
      this.#closeLike('invalid-argument')
      return
    }
    this.#meter.hearText(text)
    this.#meter.seePictures(pictures)
    if (this.#awaitsHistory) {
      this.#awaitsHistory = !turnComplete
      return
    }
    for (const content of contents) this.#asked = content.ofModel ? '' : this.#asked + content.text
    if (turnComplete || this.#options.profile.openContentInterrupts) this.#turn.interrupt()
    // Otherwise the server waits for the rest of the turn. Source: Google's page on migrating from 2.5 to 3.8.
    if (!turnComplete) return
    this.#window.turnBegan()
    this.#log.turnWritten('clientContent')
    this.#takeReply({ text: this.#asked })
    this.#advance()
  }

  #receiveResponses(responses: readonly FunctionResponse[]): void {
    const { calls, profile } = this.#options
    const mayNotSchedule = this.#setup.extendedThinking && !profile.extendedThinkingSchedules
    if (mayNotSchedule && responses.some(({ scheduling }) => scheduling !== undefined)) {
      this.#log.violation('the scheduling of a response to a model with extended thinking')
      this.#port.close(1007, closeReasons.schedulingNotSupported)
      return
    }
    const settlements: Settlement[] = []
    let interrupts = false
    for (const response of responses) {
      const id = this.#calls.idOf(response, this.#matchesByName)
      const problem = problemOfResponse(response, this.#calls.pendingName(id))
      const doubt = this.#calls.blocks(id) ? doubtAboutBlocking(response) : undefined
      const settlement =
        id === undefined || response.willContinue
          ? { idWas: this.#calls.look(id) }
          : this.#calls.settle(id, 'answered')
      this.#log.toolResponse(response, settlement.idWas)
      if (problem !== undefined) this.#log.violation(problem)
      if (doubt !== undefined) this.#log.warning(doubt)
      if (settlement.idWas === 'unknown' && calls.unknownId !== 'ignored') {
        this.#log.violation(`a response to ${JSON.stringify(id ?? null)}, which is the id of no call`)
        if (calls.unknownId === 'not-found') this.#closeLike('not-found')
        else this.#closeLike('internal')
        return
      }
      if (settlement.idWas !== 'pending')
        this.#log.warning(problemOfIgnoredResponse(response, settlement.idWas, this.#matchesByName))
      if (this.#stopped) return
      const scheduling = settlement.blocked === false ? response.scheduling : undefined
      if (scheduling !== 'SILENT') settlements.push(settlement)
      if (scheduling === 'INTERRUPT') interrupts = true
      if (calls.answered === 'ignored' && settlement.thenSay !== undefined) this.#isMute = true
    }
    this.#goOn(settlements, interrupts)
  }

  get #matchesByName(): boolean {
    return this.#options.profile.responsesByName || this.#options.calls.ids === 'omitted'
  }

  /** Takes the script's reply to a turn, which the model owes from now on. */
  #takeReply(turn: TurnToAnswer): void {
    this.#asked = ''
    const reply = this.#replies.take(turn)
    if (reply === undefined) {
      const kind = turn.text === undefined ? 'speech' : 'text'
      this.#log.warning(`no reply of the script fits this turn of ${kind}: the model says nothing`)
      return
    }
    const { profile } = this.#options
    const transcribes = this.#setup.inputTranscription || profile.inputTranscribedUnasked
    if (turn.text === undefined && reply.heard !== undefined && transcribes) {
      this.#port.send(...inputTranscript(reply.heard, profile))
    }
    this.#owed.push(reply)
  }

  #goOn(settlements: readonly Settlement[], interrupts = false): void {
    if (this.#calls.windowOpenedAtMs === undefined) this.#window.end()
    // Answers that came in one message share a sentence if it is the same, as it is for the calls of one toolCall.
    const sentences = new Set(settlements.flatMap(({ thenSay }) => thenSay ?? []))
    this.#owed.unshift(...[...sentences].map((say): Reply => ({ say })))
    if (interrupts) this.#turn.interrupt()
    this.#advance({ overUser: interrupts && this.#options.profile.interruptsUser })
  }

  /** Gives owed replies while the model is free. `overUser`: gives the first of them even while the user speaks. */
  #advance({ overUser } = { overUser: false }): void {
    while (this.#isFree() && (overUser || !this.#userSpeaks)) {
      const reply = this.#owed.shift()
      if (reply === undefined) return
      if ('say' in reply && reply.say !== undefined) this.#say({ ...reply, say: reply.say })
      else if ('call' in reply && reply.call !== undefined) {
        this.#turn.beginCall(reply.thought)
        this.#call(reply.call, reply.thenSay)
      } else if ('fault' in reply && reply.fault !== undefined) this.#port.inject(reply)
    }
  }

  #isFree(): boolean {
    const waits = this.#calls.windowOpenedAtMs !== undefined
    return !(this.#stopped || this.#isMute || waits || this.#turn.speaks)
  }

  /** Speaks. If there are calls, it makes them in the middle. */
  #say(spoken: Spoken): void {
    const { call: calls, thenSay } = spoken
    const blocks = calls?.some(({ name }) => this.#blocks(name)) ?? false
    this.#turn.say(spoken, blocks && !this.#options.calls.endTurn, {
      halfSent: () => {
        if (calls !== undefined && !this.#stopped) this.#call(calls, thenSay, { meanwhile: true })
      },
      ended: () => {
        this.#advance()
        this.#port.changed()
      },
    })
  }

  #closeLike(close: KnownClose): void {
    const { code, reason } = knownCloses[close]
    this.#port.close(code, reason)
  }

  /** Cancels the pending blocking calls, because a turn of the user takes the place of the turn that waits for them. */
  #cancelWindow(): void {
    const ids = this.#calls.blockingIds
    for (const id of ids) this.#calls.settle(id, 'cancelled')
    this.#window.end()
    const cancellation = { type: 'toolCallCancellation', ids } as const
    if (this.#turn.isOpen) this.#turn.breakOff(cancellation)
    else this.#port.send(cancellation)
    this.#advance()
    this.#port.changed()
  }
}
