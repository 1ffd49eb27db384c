import type { ConnectionRequest } from './connection-request.ts'
import type { Fault } from './fault.ts'
import type { JsonObject } from './protocol/read-message.ts'
import type { ScriptedCall } from './script.ts'
import type {
  Brackets,
  Forgotten,
  LogEntry,
  ReceivedSignal,
  ReceivedToolResponse,
  SessionClose,
  UserTurn,
  WindowInputs,
} from './session-log.ts'

/** What the server saw of one connection, and a hand on it for tests. Everything stays readable after the end. */
export interface EmulatedSession {
  /** Which connection of its emulator this is, from 1. */
  readonly number: number
  readonly connection: ConnectionRequest
  /** Which connection of its session this is: 1, and one more with each that was resumed by a handle. */
  readonly epoch: number
  /**
   * All that happened, in order. Of audio it has the number of samples, of the connection's URL what `connection` has, and of the
   * setup no credential and no media.
   */
  readonly log: readonly LogEntry[]
  /**
   * Entries at the beginning of the log, and samples at that of the received audio, which were let go with the signals, turns
   * and responses of their time: see `Emulator.sessions`. What is counted, as in `brackets`, stays that of the whole session.
   */
  readonly forgotten: Forgotten
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
   * Throws `EmulatorError`: `session-not-open` before the setup and after the end, `invalid-option` for what is no list of ids.
   */
  cancelCalls(ids: readonly string[]): void
  /**
   * Announces that the connection will end, in so many milliseconds; it doesn't end it.
   * Throws `EmulatorError`: `session-not-open` before the setup and after the end, `invalid-option` for what is no duration.
   */
  goAway(timeLeftMs: number): void
  /**
   * Sends any text as a frame, say malformed JSON; before the setup it waits for that, and goes behind setupComplete. Throws
   * `EmulatorError` (`session-not-open`) after the end.
   */
  sendText(raw: string): void
  /**
   * Ends the session with a close frame; does nothing after the end. Throws `EmulatorError` (`invalid-option`) for a code
   * that no frame can carry and for a reason of more than 123 bytes.
   */
  close(code: number, reason: string): void
  /** Cuts the connection without a close frame: the client sees 1006. Does nothing after the end. */
  drop(): void
  /**
   * Lets something go wrong now; a close before the setup comes in place of setupComplete. Throws `EmulatorError`: `invalid-option` for a fault that is none, `session-not-open`
   * after the end.
   */
  inject(fault: Fault): void
}
