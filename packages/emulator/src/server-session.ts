import { readClientMessage, type Setup } from './client-message.ts'
import { closeReasons } from './close-reasons.ts'
import type { Complete } from './complete.ts'
import { ConnectionTime } from './connection-limit.ts'
import { type ConnectionRequest, doubtsAbout } from './connection-request.ts'
import { Conversation } from './conversation.ts'
import type { ConversationOptions } from './conversation-port.ts'
import type { EmulatedSession } from './emulated-session.ts'
import { EmulatorError } from './emulator-error.ts'
import { checkClose, checkDuration, checkFault, cutReason, type Fault } from './fault.ts'
import type { HandleStore } from './handle-store.ts'
import { IgnoredFields } from './ignored-fields.ts'
import { type KnownClose, knownCloses } from './known-closes.ts'
import { MessageSender } from './message-sender.ts'
import type { ConnectionLimit } from './options.ts'
import type { JsonObject, ReadOptions } from './protocol/read-message.ts'
import { checkCalls, checkIds, type ScriptedCall } from './script.ts'
import type { ServerMessage } from './server-frames.ts'
import type { ArchivedSession } from './session-archive.ts'
import type { SessionChannel } from './session-channel.ts'
import { SessionFaults } from './session-faults.ts'
import {
  type Brackets,
  type Forgotten,
  type LogEntry,
  type ReceivedSignal,
  type ReceivedToolResponse,
  type SessionClose,
  SessionLog,
  type UserTurn,
  type WindowInputs,
} from './session-log.ts'
import { SessionResumption } from './session-resumption.ts'
import { doubtsAboutSetup, problemOfSetup } from './setup-problem.ts'

export interface SessionOptions extends ConversationOptions {
  readonly audioMessageMs: number
  readonly strict: boolean
  readonly setupTimeoutMs: number
  readonly connectionLimit: Complete<ConnectionLimit> | undefined
  readonly handles: HandleStore
  readonly number: number
  readonly onEntry: (entry: LogEntry, session: EmulatedSession, frame?: string) => void
  /** Reports that the session's record grew by so many bytes. */
  readonly grew: (bytes: number) => void
}

/** One session: reads frames, passes messages to the conversation, and sends and logs its answers. */
export class ServerSession implements EmulatedSession, ArchivedSession {
  readonly #channel: SessionChannel
  readonly #options: SessionOptions
  readonly #log: SessionLog
  readonly #sender: MessageSender
  #cancelSetupTimer: () => void = () => {}
  readonly #faults: SessionFaults
  #socketClosesWith: number | undefined
  readonly #time: ConnectionTime
  readonly #resumption: SessionResumption
  readonly #ignoredFields = new IgnoredFields()
  readonly #reading: ReadOptions
  #conversation: Conversation | undefined
  #messagesConsumed = 0

  constructor(channel: SessionChannel, options: SessionOptions) {
    this.#channel = channel
    this.#options = options
    this.#resumption = new SessionResumption(options.handles, options.clock)
    this.#reading = { strict: options.strict, onIgnored: (field) => this.#ignoredFields.add(field) }
    const connectedAtMs = options.clock.now()
    this.#log = new SessionLog(
      () => options.clock.now() - connectedAtMs,
      (entry, bytes, frame) => {
        options.onEntry(entry, this, frame)
        options.grew(bytes)
      },
    )
    this.#sender = new MessageSender(channel, this.#log, options, () => this.drop())
    this.#faults = new SessionFaults(this.#sender, options.audioMessageMs, options.clock, {
      hasSetup: () => this.setup !== undefined,
      close: (code, reason) => this.close(code, reason),
      drop: () => this.drop(),
      sendText: (text) => this.sendText(text),
      goAway: (timeLeftMs) => this.goAway(timeLeftMs),
      setReading: (reading) => {
        channel.setReading(reading)
        // What the server doesn't read is not late.
        this.#cancelSetupTimer()
        if (reading) this.#awaitSetup()
      },
    })
    this.#awaitSetup()
    this.#time = new ConnectionTime(options.connectionLimit, options.clock, {
      hasBegun: () => this.#conversation !== undefined,
      announce: (timeLeftMs) => this.#sender.send({ type: 'goAway', timeLeftMs }),
      // The first is in the logs of many projects of summer 2026; the second, also after a goAway, in sokuji#179, of April.
      end: (by) => {
        if (by === 'drop') this.drop()
        else this.#closeLike(options.connectionLimit?.goAwayMs ? 'go-away-ignored' : 'deadline-exceeded')
      },
    })
  }

  get number(): number {
    return this.#options.number
  }

  get epoch(): number {
    return this.#resumption.epoch
  }

  get connection(): ConnectionRequest {
    return this.#channel.connection
  }

  get log(): readonly LogEntry[] {
    return this.#log.entries
  }

  get forgotten(): Forgotten {
    return this.#log.forgotten
  }

  get keptBytes(): number {
    return this.#log.keptBytes
  }

  get setup(): JsonObject | undefined {
    return this.#log.setup
  }

  get closed(): SessionClose | undefined {
    return this.#log.closed
  }

  get turns(): readonly UserTurn[] {
    return this.#log.turns
  }

  get brackets(): Brackets {
    return this.#log.brackets
  }

  get inputsDuringWindow(): WindowInputs {
    return this.#log.inputsDuringWindow
  }

  get toolResponses(): readonly ReceivedToolResponse[] {
    return this.#log.toolResponses
  }

  receivedAudio(): Int16Array {
    return this.#log.audio
  }

  forgetHalf(): void {
    this.#log.forgetHalf()
  }

  receivedSignals(): readonly ReceivedSignal[] {
    return this.#log.signals
  }

  callTools(calls: readonly ScriptedCall[]): readonly string[] {
    checkCalls('calls', calls)
    return this.#openConversation().callTools(calls)
  }

  cancelCalls(ids: readonly string[]): void {
    checkIds('ids', ids)
    this.#openConversation().cancelCalls(ids)
  }

  goAway(timeLeftMs: number): void {
    checkDuration('timeLeftMs', timeLeftMs)
    this.#openConversation()
    this.#sender.send({ type: 'goAway', timeLeftMs })
  }

  sendText(raw: string): void {
    if (this.closed !== undefined) throw new EmulatorError('session-not-open', 'the session has ended')
    this.#sender.sendText(raw)
  }

  close(code: number, reason: string): void {
    checkClose('', code, reason)
    if (this.closed !== undefined) return
    this.#sender.flush()
    this.#channel.close(code, reason)
    this.#end({ code, reason, by: 'server' })
  }

  drop(): void {
    if (this.closed !== undefined) return
    this.#channel.drop()
    this.#end({ code: 1006, reason: '', by: 'server' })
  }

  inject(fault: Fault): void {
    checkFault('fault', fault)
    if (this.closed !== undefined) throw new EmulatorError('session-not-open', 'the session has ended')
    this.#apply(fault)
  }

  /** Logs the connection. Call it once the session is in the archive, because `onEntry` may look for it there. */
  connected(): void {
    this.#log.connected(this.connection)
    for (const doubt of doubtsAbout(this.connection, this.#options.profile.name))
      if (!this.#hasEnded()) this.#log.warning(doubt)
  }

  /**
   * Handles a frame of the client; undefined is one that is not UTF-8. Ignores frames that arrive after the end, during the closing
   * handshake.
   */
  receive(frame: string | undefined): void {
    if (this.closed !== undefined) return
    if (frame === undefined) {
      this.#refuse('the frame is not UTF-8', closeReasons.invalidArgument)
      return
    }
    const message = readClientMessage(frame, this.#reading)
    if (message.type === 'invalid') {
      this.#refuse(message.problem, message.closeReason)
      return
    }
    this.#log.received(message, frame)
    const doubt = this.#ignoredFields.takeWarning()
    if (doubt !== undefined && !this.#hasEnded()) this.#log.warning(doubt)
    if (this.#hasEnded()) return
    if (message.type === 'setup') this.#begin(message.setup)
    else if (this.#conversation !== undefined) {
      this.#messagesConsumed++
      this.#conversation.receive(message)
    } else this.#refuse(`${message.type} before setup`, closeReasons.invalidArgument)
  }

  /** Reports an error of the socket. `closeCode`: the socket closes with it, because a frame broke RFC 6455 or a limit. */
  failed(error: Error, closeCode?: number): void {
    if (this.closed === undefined) this.#log.violation(`the connection failed: ${error.message}`)
    this.#socketClosesWith = closeCode
  }

  /** Reports that the connection is gone. If neither the session nor its socket closed it, the client did. */
  disconnected(code: number, reason: string): void {
    if (this.closed !== undefined) return
    if (this.#socketClosesWith === undefined) this.#end({ code, reason, by: 'client' })
    else this.#end({ code: this.#socketClosesWith, reason: '', by: 'server' })
  }

  #awaitSetup(): void {
    if (this.setup !== undefined) return
    const { clock, setupTimeoutMs } = this.#options
    this.#cancelSetupTimer = clock.setTimer(setupTimeoutMs, () => {
      this.#log.violation(`no setup within ${setupTimeoutMs} ms`)
      this.#closeLike('deadline-exceeded')
    })
  }

  #begin(setup: Setup): void {
    if (this.#conversation !== undefined) {
      this.#refuse('a second setup', closeReasons.invalidArgument)
      return
    }
    this.#cancelSetupTimer()
    if (this.#faults.setupArrived()) return
    const { profile, ids } = this.#options
    const refusal = problemOfSetup(setup, profile)
    if (refusal !== undefined) {
      this.#refuse(refusal.problem, refusal.closeReason)
      return
    }
    for (const doubt of doubtsAboutSetup(setup, profile)) if (!this.#hasEnded()) this.#log.warning(doubt)
    if (this.#hasEnded()) return
    const unanswered = setup.traits.find((trait) => profile.unansweredSetups.includes(trait))
    if (unanswered !== undefined) {
      this.#log.violation(`${unanswered} in a setup of ${profile.name}, which is never answered`)
      this.#sender.silence()
    }
    const resumed = this.#resumption.resume(setup.resumption)
    if (resumed.outcome === 'resumed') this.#log.resumed(this.epoch)
    else if (resumed.outcome !== 'new') {
      this.#refuseHandle(resumed.outcome)
      return
    }
    const port = {
      send: (...messages: readonly ServerMessage[]) => this.#sender.send(...messages),
      audioMessageMs: () => this.#faults.audioMessageMs,
      leavesInMs: () => this.#sender.leavesInMs,
      close: (code: number, reason: string) => this.close(code, reason),
      changed: () => this.#resumption.update(),
      inject: (fault: Fault) => this.#apply(fault),
    }
    const conversation = new Conversation(setup, port, this.#log, this.#options, resumed.memory)
    this.#conversation = conversation
    this.#sender.send({ type: 'setupComplete', ...(profile.sessionId ? { sessionId: ids.uuid() } : {}) })
    this.#sender.begun()
    this.#time.begun()
    if (this.#hasEnded()) return
    if (setup.resumption === undefined && !profile.unrequestedHandles) return
    this.#resumption.begin({
      busy: () => conversation.busy,
      memory: () => conversation.memory,
      nextHandle: () => ids.uuid(),
      lastConsumed: () => (setup.resumption?.transparent ? this.#messagesConsumed : undefined),
      send: (message) => this.#sender.send(message),
      tellsBusy: setup.resumption !== undefined,
    })
  }

  #refuseHandle(outcome: 'still-open' | 'unknown' | 'expired'): void {
    if (outcome === 'still-open') {
      this.#log.violation('the session to resume is still open')
      this.#closeLike('internal')
    } else {
      this.#log.violation(`the resumption handle is ${outcome}`)
      this.#closeLike('session-not-found')
    }
  }

  #apply(fault: Fault): void {
    this.#log.fault(fault)
    if (!this.#hasEnded()) this.#faults.apply(fault)
  }

  #closeLike(close: KnownClose): void {
    const { code, reason } = knownCloses[close]
    this.close(code, reason)
  }

  #refuse(violation: string, closeReason: string): void {
    this.#log.violation(violation)
    this.close(1007, cutReason(closeReason))
  }

  #end(end: SessionClose): void {
    this.#faults.end()
    this.#cancelSetupTimer()
    this.#sender.stop()
    this.#time.stop()
    this.#resumption.end()
    this.#log.close(end)
    this.#conversation?.stop()
  }

  /** Whether the session ended meanwhile: `onEntry` can end it whenever something is logged. */
  #hasEnded(): boolean {
    return this.closed !== undefined
  }

  #openConversation(): Conversation {
    if (this.closed !== undefined) throw new EmulatorError('session-not-open', 'the session has ended')
    if (this.#conversation === undefined)
      throw new EmulatorError('session-not-open', 'the session has no setup yet')
    return this.#conversation
  }
}
