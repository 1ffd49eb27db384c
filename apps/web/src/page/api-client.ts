import type { Problem, RunMessage, RunOrder, RunTicket, ServerInfo, TokenTicket } from '../api/api.ts'
import type { TalkMode } from '../api/live-config.ts'

/** What to ask oneself when it does not answer. */
export const isServerThere = 'Is “demo:web” still running?'

/** Asks the server that the page came from; what it refuses is thrown in its words. */
async function ask(path: string, body?: object): Promise<Response> {
  const response = await fetchHere(path, body && { method: 'POST', body: JSON.stringify(body) })
  if (response.ok) return response
  const { error } = (await response.json().catch(() => ({ error: response.statusText }))) as Problem
  throw new Error(error)
}

/** Fetches from the server that the page came from; whatever it answers is an answer. */
export const fetchHere = (path: string, options?: RequestInit): Promise<Response> =>
  fetch(path, options).catch(() => {
    throw new Error(`The server of this page does not answer. ${isServerThere}`)
  })

export const serverInfo = async (): Promise<ServerInfo> => (await ask('/api/server')).json()

export const mintToken = async (mode: TalkMode): Promise<TokenTicket> =>
  (await ask('/api/tokens', { mode })).json()

export const beginRun = async (order: RunOrder): Promise<RunTicket> => (await ask('/api/runs', order)).json()

export const injectFault = async (id: string, fault: object): Promise<void> =>
  void (await ask(`/api/runs/${id}/faults`, fault))

/** The samples that the emulator received in a run. */
export async function heardIn(id: string): Promise<Int16Array> {
  return new Int16Array(await (await ask(`/api/runs/${id}/heard`)).arrayBuffer())
}

/** Listens to what the emulator sees, from now on; resolves when nothing is missed any more. */
export function listenTo(id: string, onMessage: (message: RunMessage) => void): Promise<() => void> {
  const stream = new EventSource(`/api/runs/${id}/facts`)
  return new Promise((resolve, reject) => {
    stream.onmessage = ({ data }: MessageEvent<string>) => {
      onMessage(JSON.parse(data))
      resolve(() => stream.close())
    }
    stream.onerror = () => {
      // It would ask again for ever, for a run that is over.
      stream.close()
      reject(new Error('The server of this page does not tell what the emulator sees.'))
    }
  })
}
