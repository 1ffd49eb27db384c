import type { ServerFact } from '../trace/fact.ts'

/** The families of models that the emulator stands in for. */
export const profiles = ['gemini-2.5', 'gemini-3.1', 'gemini-3.8', 'vertex'] as const

export type ProfileName = (typeof profiles)[number]

/** `GET /api/server`: the server that the page talks to. */
export type ServerInfo = { readonly kind: 'emulator' } | { readonly kind: 'google'; readonly model: string }

/** `POST /api/runs`: starts an emulator for one run. */
export interface RunOrder {
  readonly profile: ProfileName
  /** A fault that hits its first connection. */
  readonly fault?: object
}

/** The addresses of a run's emulator: `path` for the WebSocket, `/api/runs/<id>` for what it saw. */
export interface RunTicket {
  readonly id: string
  readonly path: string
}

/**
 * `GET /api/runs/<id>/facts`, an event stream: first the server's clock, then what it sees. `atMs` is milliseconds on that clock.
 * `GET /api/runs/<id>/heard` answers once every connection has ended; before it does, this says that all of them was told.
 */
export type RunMessage =
  | { readonly type: 'clock'; readonly atMs: number }
  | { readonly type: 'all-told' }
  | ({ readonly atMs: number } & ServerFact)

/** `POST /api/tokens`: an ephemeral token for one session with a locked setup, and the address for it. */
export interface TokenTicket {
  readonly accessToken: string
  readonly model: string
  /** Absent for Google's own address. */
  readonly url?: string
}

/** The answer of an endpoint that refuses or fails. */
export interface Problem {
  readonly error: string
}
