import { readClientMessage, type Setup } from './client-message.ts'
import { closeReasons } from './close-reasons.ts'
import type { ConnectionRequest } from './connection-request.ts'
import { Conversation, type ConversationOptions } from './conversation.ts'
import { EmulatorError, invalidOption } from './emulator-error.ts'
import type { JsonObject } from './protocol/read-message.ts'
import { checkCalls, type ScriptedCall } from './script.ts'
import { framesOf, type ServerMessage } from './server-frames.ts'
import {
  type Brackets,
  type LogEntry,
  type ReceivedSignal,
  type ReceivedToolResponse,
  type SessionClose,
  SessionLog,
  type UserTurn,
  type WindowInputs,
} from './session-log.ts'

/** What the server saw of one connection, and a hand on it for tests. Everything stays readable after the end. */
export interface EmulatedSession {
  readonly connection: ConnectionRequest
  /** All that happened, in order. Of audio it has the number of samples, of the connection's URL nothing. */
  readonly log: readonly LogEntry[]
  /** The first setup as it was received. */
  readonly setup: JsonObject | undefined
  /** Undefined while the session is open. */
  readonly closed: SessionClose | undefined
  /** The turns of the user, in the order in which they began. */
  readonly turns: readonly UserTurn[]
  readonly brackets: Brackets
  readonly inputsDuringWindow: WindowInputs
  /** Every function response, in order, with what its id was when it came. */
  readonly toolResponses: readonly ReceivedToolResponse[]
  /** Every sample received, in order, at the rate at which it came (usually 16 kHz). */
  receivedAudio(): Int16Array
  /** activityStart, activityEnd, audioStreamEnd and text, in order. */
  receivedSignals(): readonly ReceivedSignal[]
  /**
   * Sends one toolCall now and returns its ids. A blocking call makes the model break off what it is saying.
   * Throws `EmulatorError`: `session-not-open` before the setup and after the end, `invalid-option` for unusable calls.
   */
  callTools(calls: readonly ScriptedCall[]): readonly string[]
  /**
   * Sends a toolCallCancellation; the calls are no longer pending.
   * Throws `EmulatorError` (`session-not-open`) before the setup and after the end.
   */
  cancelCalls(ids: readonly string[]): void
  /** Sends any text as a frame, say malformed JSON. Throws `EmulatorError` (`session-not-open`) after the end. */
  sendText(raw: string): void
  /**
   * Ends the session with a close frame; does nothing after the end. Throws `EmulatorError` (`invalid-option`) for a code
   * that no frame can carry and for a reason of more than 123 bytes.
   */
  close(code: number, reason: string): void
  /** Cuts the connection without a close frame: the client sees 1006. Does nothing after the end. */
  drop(): void
}

/** The connection as a session needs it. */
export interface SessionChannel {
  readonly connection: ConnectionRequest
  send(frame: string): void
  close(code: number, reason: string): void
  drop(): void
}

export interface SessionOptions extends ConversationOptions {
  readonly strict: boolean
  readonly setupTimeoutMs: number
}

const longestReasonBytes = 123

/** RFC 6455 leaves 123 bytes for a reason; real servers cut theirs too. */
function cutReason(reason: string): string {
  return new TextDecoder().decode(Buffer.from(reason).subarray(0, longestReasonBytes), { stream: true })
}

/** RFC 6455, section 7.4: the codes that an endpoint may send. */
function canBeSent(code: number): boolean {
  const reserved = [1004, 1005, 1006]
  return (
    Number.isInteger(code) &&
    ((code >= 1000 && code <= 1014 && !reserved.includes(code)) || (code >= 3000 && code <= 4999))
  )
}

/** One session: reads frames, hands messages to the conversation, writes and logs what it says. */
export class ServerSession implements EmulatedSession {
  readonly #channel: SessionChannel
  readonly #options: SessionOptions
  readonly #log: SessionLog
  readonly #cancelSetupTimer: () => void
  #conversation: Conversation | undefined

  constructor(channel: SessionChannel, options: SessionOptions) {
    this.#channel = channel
    this.#options = options
    const connectedAtMs = options.clock.now()
    this.#log = new SessionLog(() => options.clock.now() - connectedAtMs)
    this.#cancelSetupTimer = options.clock.setTimer(options.setupTimeoutMs, () => {
      this.#log.violation(`no setup within ${options.setupTimeoutMs} ms`)
      this.close(1011, closeReasons.deadlineExpired)
    })
  }

  get connection(): ConnectionRequest {
    return this.#channel.connection
  }

  get log(): readonly LogEntry[] {
    return this.#log.entries
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

  receivedSignals(): readonly ReceivedSignal[] {
    return this.#log.signals
  }

  callTools(calls: readonly ScriptedCall[]): readonly string[] {
    checkCalls('calls', calls)
    return this.#openConversation().callTools(calls)
  }

  cancelCalls(ids: readonly string[]): void {
    this.#openConversation().cancelCalls(ids)
  }

  sendText(raw: string): void {
    if (this.closed !== undefined) throw new EmulatorError('session-not-open', 'the session has ended')
    this.#channel.send(raw)
    this.#log.sent({ type: 'raw', text: raw })
  }

  close(code: number, reason: string): void {
    if (!canBeSent(code)) throw invalidOption('code', code, 'a close code that a frame can carry')
    if (Buffer.byteLength(reason) > longestReasonBytes)
      throw invalidOption('reason', reason, 'at most 123 bytes')
    if (this.closed !== undefined) return
    this.#channel.close(code, reason)
    this.#end({ code, reason, by: 'server' })
  }

  drop(): void {
    if (this.closed !== undefined) return
    this.#channel.drop()
    this.#end({ code: 1006, reason: '', by: 'server' })
  }

  /** A frame of the client arrived. What arrives after the end, while the close goes back and forth, is passed over. */
  receive(frame: string): void {
    if (this.closed !== undefined) return
    const message = readClientMessage(frame, this.#options)
    if (message.type === 'invalid') {
      this.#refuse(message.problem, message.closeReason)
      return
    }
    this.#log.received(message)
    if (message.type === 'setup') this.#begin(message.setup)
    else if (this.#conversation !== undefined) this.#conversation.receive(message)
    else this.#refuse(`${message.type} before setup`, closeReasons.invalidArgument)
  }

  /** The connection is gone. If the session had not ended it, the client has. */
  disconnected(code: number, reason: string): void {
    if (this.closed === undefined) this.#end({ code, reason, by: 'client' })
  }

  #begin(setup: Setup): void {
    if (this.#conversation !== undefined) {
      this.#refuse('a second setup', closeReasons.invalidArgument)
      return
    }
    this.#cancelSetupTimer()
    const { profile, ids } = this.#options
    if (setup.answersInText && !profile.textAnswers) {
      this.#refuse(`text answers of ${profile.name}`, closeReasons.textNotSupported)
      return
    }
    const port = {
      send: (...messages: readonly ServerMessage[]) => this.#send(...messages),
      close: (code: number, reason: string) => this.close(code, reason),
    }
    this.#conversation = new Conversation(setup, port, this.#log, this.#options)
    this.#send({ type: 'setupComplete', ...(profile.sessionId ? { sessionId: ids.uuid() } : {}) })
  }

  #send(...messages: readonly ServerMessage[]): void {
    const { profile, calls } = this.#options
    for (const frame of framesOf(messages, profile, { omitCallIds: calls.ids === 'omitted' })) {
      this.#channel.send(frame)
    }
    for (const message of messages) this.#log.sent(message)
  }

  #refuse(violation: string, closeReason: string): void {
    this.#log.violation(violation)
    this.close(1007, cutReason(closeReason))
  }

  #end(end: SessionClose): void {
    this.#cancelSetupTimer()
    this.#log.close(end)
    this.#conversation?.stop()
  }

  #openConversation(): Conversation {
    if (this.closed !== undefined) throw new EmulatorError('session-not-open', 'the session has ended')
    if (this.#conversation === undefined)
      throw new EmulatorError('session-not-open', 'the session has no setup yet')
    return this.#conversation
  }
}
