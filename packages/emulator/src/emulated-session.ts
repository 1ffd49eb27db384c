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

/** What the server saw of one connection, and what a test can do to it. Everything stays readable after the end. */
export interface EmulatedSession {
  /** The number of this connection among those of its emulator, from 1. */
  readonly number: number
  readonly connection: ConnectionRequest
  /** The number of this connection within its session: 1, and one more each time a handle resumes the session. */
  readonly epoch: number
  /**
   * All that happened, in order. Audio appears as a number of samples, the connection's URL as in `connection`, and the setup
   * without credentials and media.
   */
  readonly log: readonly LogEntry[]
  /**
   * How many entries were dropped from the beginning of the log, and how many samples from that of the received audio. The
   * signals, turns and responses of that time were dropped too: see `Emulator.sessions`. Counters such as `brackets` still
   * cover the whole session.
   */
  readonly forgotten: Forgotten
  /** The first setup, as received. */
  readonly setup: JsonObject | undefined
  /** Undefined while the session is open. */
  readonly closed: SessionClose | undefined
  /** The user's turns, in the order in which they began. */
  readonly turns: readonly UserTurn[]
  readonly brackets: Brackets
  readonly inputsDuringWindow: WindowInputs
  /** Every function response, in order, with the status that its id had on arrival. */
  readonly toolResponses: readonly ReceivedToolResponse[]
  /** Returns every sample received, in order, at the rate at which it came (usually 16 kHz). */
  receivedAudio(): Int16Array
  /** Returns every activityStart, activityEnd, audioStreamEnd and text received, in order. */
  receivedSignals(): readonly ReceivedSignal[]
  /**
   * Sends one toolCall now and returns its ids. A blocking call makes the model stop speaking.
   *
   * @throws {EmulatorError} `session-not-open` before the setup and after the end, `invalid-option` for invalid calls.
   */
  callTools(calls: readonly ScriptedCall[]): readonly string[]
  /**
   * Sends a toolCallCancellation. The calls are no longer pending.
   *
   * @throws {EmulatorError} `session-not-open` before the setup and after the end, `invalid-option` for anything but a list of ids.
   */
  cancelCalls(ids: readonly string[]): void
  /**
   * Sends a goAway, which announces the end of the connection in `timeLeftMs` milliseconds. It doesn't end the connection.
   *
   * @throws {EmulatorError} `session-not-open` before the setup and after the end, `invalid-option` for an invalid duration.
   */
  goAway(timeLeftMs: number): void
  /**
   * Sends any text as a frame, such as malformed JSON. Before the setup it waits, and follows setupComplete.
   *
   * @throws {EmulatorError} `session-not-open` after the end.
   */
  sendText(raw: string): void
  /**
   * Ends the session with a close frame. Does nothing after the end.
   *
   * @throws {EmulatorError} `invalid-option` for a code that no frame can carry, or a reason of more than 123 bytes.
   */
  close(code: number, reason: string): void
  /** Cuts the connection without a close frame: the client sees 1006. Does nothing after the end. */
  drop(): void
  /**
   * Applies a fault now. A close that is injected before the setup comes in place of setupComplete.
   *
   * @throws {EmulatorError} `invalid-option` for an invalid fault; `session-not-open` after the end, and for a goAway before the setup.
   */
  inject(fault: Fault): void
}
