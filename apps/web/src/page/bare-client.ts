import type { RealtimeInput, Verdict } from '@livegate/core'
import type { ClientMessages } from '@livegate/core/session'
import { endpointOf, type LiveServerMessage, toSetup } from '@livegate/core/wire'
import { liveConfig } from '../api/live-config.ts'
import type { Client, ClientOptions } from './client.ts'
import { openSocket } from './socket.ts'

/**
 * A client as the examples have it, without Livegate: the tool is called, and the microphone streams on. With `flag` it follows the advice
 * that is shared most: a flag is set while the tool runs, and what the microphone gives meanwhile is skipped.
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

  /** A call is settled once: it is answered all the same when the server has taken it back, and that counts for nothing. */
  function settle(id: number | string, as: 'answered' | 'cancelled'): void {
    if (pending.delete(id)) journal.note({ type: 'settled', id, as })
  }

  /** Whether it was sent. A socket that is closing takes nothing any more, a while before it says that it has closed. */
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
      // What was closed from here is no news.
      if (isClosed) return
      isClosed = true
      journal.note({ type: 'closed', epoch: 1, code, reason })
      begin(new Error(`closed with ${code}${reason && `: ${reason}`}`))
    },
  })
  return begun
}
