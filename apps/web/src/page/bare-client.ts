import { LivegateError, type RealtimeInput, type Verdict } from '@livegate/core'
import type { ClientMessages } from '@livegate/core/session'
import { endpointOf, type LiveServerMessage, toSetup } from '@livegate/core/wire'
import { liveConfig } from '../api/live-config.ts'
import type { Client, ClientOptions } from './client.ts'
import { openSocket } from './socket.ts'

/**
 * Connects as usual examples do, without Livegate: the microphone keeps streaming while the tool runs. With `flag` it follows the most
 * common advice: a flag is set while the tool runs, and the microphone's frames are dropped meanwhile.
 */
export function bareClient(options: ClientOptions): Promise<Client> {
  const { way, mode, url, accessToken, model, journal, getWeather } = options
  const listeners = new Set<(message: LiveServerMessage) => void>()
  let isClosed = false
  let toolIsRunning = false
  const pending = new Set<number | string>()

  const answer = async ({ toolCall }: LiveServerMessage): Promise<void> => {
    if (!toolCall) return
    toolIsRunning = true
    if (way === 'flag') journal.note({ type: 'gate-shut', hold: 'flag' })
    for (const { id = '' } of toolCall.functionCalls ?? []) pending.add(id)
    for (const { id = '', name = '' } of toolCall.functionCalls ?? []) {
      const response = await getWeather()
      if (!trySend('toolResponse', { functionResponses: [{ id, name, response }] })) return
      settle(id, 'answered')
    }
    toolIsRunning = false
    if (way === 'flag') journal.note({ type: 'gate-opened' })
  }

  /** Notes how a call was settled, once: an answer to a call that the server has cancelled does not count. */
  function settle(id: number | string, as: 'answered' | 'cancelled'): void {
    if (pending.delete(id)) journal.note({ type: 'settled', id, as })
  }

  /** Sends a message, and returns whether that worked. A socket that is closing takes nothing, even before its `close` event. */
  function trySend<Type extends keyof ClientMessages>(type: Type, body: ClientMessages[Type]): boolean {
    if (isClosed) return false
    try {
      socket.send(type, body)
      return true
    } catch {
      return false
    }
  }

  const client: Client = {
    offer(input: RealtimeInput): Verdict {
      if (!isClosed && way === 'flag' && toolIsRunning) return { status: 'dropped', reason: 'policy' }
      return trySend('realtimeInput', input) ? { status: 'sent' } : { status: 'dropped', reason: 'closed' }
    },
    onMessage(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close() {
      isClosed = true
      socket.close()
    },
  }
  journal.note({ type: 'connecting', epoch: 1 })
  let begin: (error?: Error) => void = () => {}
  const begun = new Promise<Client>((resolve, reject) => {
    begin = (error) => (error ? reject(error) : resolve(client))
  })
  const socket = openSocket(endpointOf({ url, ...(accessToken !== undefined && { accessToken }) }), {
    opened: () => socket.send('setup', toSetup(model, liveConfig(mode))),
    receive(message) {
      if (message.setupComplete) {
        journal.note({ type: 'set-up', epoch: 1 })
        begin()
      }
      for (const listener of listeners) listener(message)
      for (const id of message.toolCallCancellation?.ids ?? []) settle(id, 'cancelled')
      void answer(message)
    },
    closed({ code, reason }) {
      // The page closed it itself, and has noted that.
      if (isClosed) return
      isClosed = true
      journal.note({ type: 'closed', epoch: 1, code, reason })
      begin(new LivegateError('closed', 'connection', 'open until it is set up', 'closed'))
    },
  })
  return begun
}
