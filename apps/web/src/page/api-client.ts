import type { Problem, RunMessage, RunOrder, RunTicket, ServerInfo, TokenTicket } from '../api/api.ts'
import type { TalkMode } from '../api/live-config.ts'

/** The question to ask when the server does not answer. */
export const isServerThere = 'Is “demo:web” still running?'

/** Asks the server that the page came from. Throws what it refuses, in its words. */
async function ask(path: string, body?: object): Promise<Response> {
  const response = await fetchHere(path, body && { method: 'POST', body: JSON.stringify(body) })
  if (response.ok) return response
  const { error } = (await response.json().catch(() => ({ error: response.statusText }))) as Problem
  throw new Error(error)
}

/** Longer than any answer takes, in milliseconds. Without a limit a run could never end, if the server hangs. */
const longestAnswerMs = 20_000

/** Fetches from the server that the page came from. Throws when there is no answer; one that refuses is an answer. */
export const fetchHere = (path: string, options?: RequestInit): Promise<Response> =>
  fetch(path, { ...options, signal: AbortSignal.timeout(longestAnswerMs) }).catch(() => {
    throw new Error(`The server of this page does not answer. ${isServerThere}`)
  })

export const serverInfo = async (): Promise<ServerInfo> => (await ask('/api/server')).json()

export const mintToken = async (mode: TalkMode): Promise<TokenTicket> =>
  (await ask('/api/tokens', { mode })).json()

export const beginRun = async (order: RunOrder): Promise<RunTicket> => (await ask('/api/runs', order)).json()

export const injectFault = async (id: string, fault: object): Promise<void> =>
  void (await ask(`/api/runs/${id}/faults`, fault))

/** The samples that the emulator received in a run, once it has read the end of each connection. */
export async function heardIn(id: string): Promise<Int16Array> {
  return new Int16Array(await (await ask(`/api/runs/${id}/heard`)).arrayBuffer())
}

/**
 * Listens to what the emulator sees; a server that is gone has told all. Resolves once nothing can be missed, with the function that stops
 * listening.
 */
export function listenTo(id: string, onMessage: (message: RunMessage) => void): Promise<() => void> {
  const stream = new EventSource(`/api/runs/${id}/facts`)
  return new Promise((resolve, reject) => {
    stream.onmessage = ({ data }: MessageEvent<string>) => {
      onMessage(JSON.parse(data))
      resolve(() => stream.close())
    }
    stream.onerror = () => {
      // It would reconnect for ever, to a run that is over.
      stream.close()
      onMessage({ type: 'all-told' })
      reject(new Error('The server of this page does not report what the emulator sees.'))
    }
  })
}
