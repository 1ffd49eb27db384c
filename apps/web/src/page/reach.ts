import type { RunMessage } from '../api/api.ts'
import type { Trace } from '../trace/trace.ts'
import { beginRun, listenTo, mintToken } from './api-client.ts'
import type { Journal } from './journal.ts'
import type { RunSettings } from './run.ts'

/** The server of a run, and the credential for it. */
export interface Place {
  readonly url: string
  readonly accessToken: string | undefined
  readonly model: string
  /** The model's name for the visitor: the emulator's profile, or the model itself. */
  readonly name: string
  /** The id of the run's emulator; undefined for Google's server, which reports nothing. */
  readonly runId: string | undefined
  /** Resolves when the emulator's facts are complete, which they are once {@link heardIn} was answered. */
  readonly allTold: Promise<void>
  leave(): void
}

/** A model of each family, by a name that Livegate has a profile for. */
const models = {
  'gemini-2.5': 'gemini-2.5-flash-native-audio-preview-12-2025',
  'gemini-3.1': 'gemini-3.1-flash-live-preview',
  'gemini-3.8': 'gemini-3.8-live',
  vertex: 'publishers/google/models/gemini-live-2.5-flash',
} as const

/** Starts an emulator for the run and listens to its facts, or gets a token for Google. */
export async function reach(
  server: Trace['server'],
  { profile, mode, fault }: RunSettings,
  journal: Journal,
): Promise<Place> {
  if (server === 'google') {
    const { accessToken, model, url = 'wss://generativelanguage.googleapis.com' } = await mintToken(mode)
    return {
      url,
      accessToken,
      model,
      name: model,
      runId: undefined,
      allTold: Promise.resolve(),
      leave: () => {},
    }
  }
  const meetsConnection = fault.when === 'connecting' && fault.fault
  const { id, path } = await beginRun({ profile, ...(meetsConnection && { fault: meetsConnection }) })
  if (meetsConnection) journal.note({ type: 'fault', name: fault.title })
  /** The run's clock minus the server's, in milliseconds. */
  let offsetMs = 0
  let endFacts = (): void => {}
  const allTold = new Promise<void>((resolve) => {
    endFacts = resolve
  })
  const take = (message: RunMessage): void => {
    if (message.type === 'all-told') {
      endFacts()
      return
    }
    if (message.type === 'clock') {
      offsetMs = journal.nowMs - message.atMs
      return
    }
    const atMs = message.atMs + offsetMs
    if (message.type !== 'server-turn') journal.take({ ...message, atMs })
    else {
      const { startMs, endMs } = message
      const end = endMs === undefined ? {} : { endMs: endMs + offsetMs }
      journal.take({ ...message, atMs, startMs: startMs + offsetMs, ...end })
    }
  }
  const leave = await listenTo(id, take)
  const url = new URL(path, location.href).href.replace(/^http/, 'ws')
  const model = models[profile]
  return { url, accessToken: undefined, model, name: profile, runId: id, allTold, leave }
}
