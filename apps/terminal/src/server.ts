import { GoogleGenAI } from '@google/genai'
import {
  type Brackets,
  type EmulatedSession,
  type SessionClose,
  startEmulator,
  type UserTurn,
  type WindowInputs,
} from '@livegate/emulator'
import type { ServerChoice } from './options.ts'

/** What a server saw of a session. Google's server does not tell. */
export interface ServerFacts {
  readonly closed: SessionClose | undefined
  readonly audio: Int16Array
  /** The names of the received signals, in order. */
  readonly signals: readonly string[]
  readonly turns: readonly UserTurn[]
  readonly brackets: Brackets
  readonly window: WindowInputs
  /** The client's violations of the protocol. */
  readonly violations: readonly string[]
  readonly toolCalls: number
  /** How many responses came for pending calls. */
  readonly toolResponses: number
  /** When replies ended without an interruption, on the clock of `turns`. */
  readonly repliesEndedAtMs: readonly number[]
}

/** A server for one session. */
export interface Server {
  readonly ai: GoogleGenAI
  readonly model: string
  /** How long the server must be quiet before its reply counts as finished. */
  readonly quietMs: number
  /** Undefined if the server does not tell. */
  facts(): ServerFacts | undefined
  close(): Promise<void>
}

// Time for input that is in flight when the toolCall is sent. The default of 50 ms is too short on a busy machine.
const graceMs = 200

export async function openServer(choice: ServerChoice): Promise<Server> {
  if (choice.kind === 'google') {
    return {
      // The default of the SDK, v1, lacks some preview models.
      ai: new GoogleGenAI({ apiKey: choice.apiKey, vertexai: false, httpOptions: { apiVersion: 'v1beta' } }),
      model: choice.model,
      quietMs: 5000,
      facts: () => undefined,
      close: async () => {},
    }
  }
  const emulator = await startEmulator({ graceMs })
  const httpOptions = { baseUrl: emulator.url }
  return {
    ai: new GoogleGenAI({ apiKey: 'none-needed', vertexai: false, httpOptions }),
    model: 'gemini-2.5-flash-native-audio',
    quietMs: 300,
    facts: () => emulator.sessions[0] && factsOf(emulator.sessions[0]),
    close: () => emulator.close(),
  }
}

/** Copies the facts, because the session changes until the demo has closed it. */
function factsOf(session: EmulatedSession): ServerFacts {
  const { closed, turns, brackets, inputsDuringWindow, log } = session
  return {
    closed,
    audio: session.receivedAudio(),
    signals: session.receivedSignals().map(({ kind }) => kind),
    turns,
    brackets,
    window: inputsDuringWindow,
    violations: log.flatMap((entry) => (entry.kind === 'violation' ? [entry.reason] : [])),
    toolCalls: log.flatMap((entry) =>
      entry.kind === 'sent' && entry.message.type === 'toolCall' ? entry.message.calls : [],
    ).length,
    toolResponses: session.toolResponses.filter(({ idWas }) => idWas === 'pending').length,
    repliesEndedAtMs: repliesEnded(session),
  }
}

function repliesEnded({ log }: EmulatedSession): readonly number[] {
  const sent = log.filter((entry) => entry.kind === 'sent')
  return sent.flatMap(({ message, atMs }, index) =>
    message.type === 'turnComplete' && sent[index - 1]?.message.type !== 'interrupted' ? [atMs] : [],
  )
}
