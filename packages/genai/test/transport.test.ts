import type { LiveCallbacks, LiveConnectParameters } from '@google/genai'
import type { LiveSession, Transport } from '@livegate/core/session'
import { ManualClock, testTransport } from '@livegate/testkit'
import { describe, expect, it } from 'vitest'
import { openConnection, type SdkSession } from '../src/open-connection.ts'
import { platformClock } from '../src/platform-clock.ts'
import { sdks } from './sdks.ts'

const listeners = {
  onMalformed: () => {},
  onUnsupported: () => {},
  onBypassed: () => {},
  onCallbackFailed: () => {},
}

describe.each(sdks)('the transport over @google/genai %s', (_, { GoogleGenAI }) => {
  const scenarios = testTransport({
    create({ session, server, signal }) {
      // As `connectLive` does: it looks at the signal, and then gives it to the session, which closes its transport.
      signal.throwIfAborted()
      const connect: typeof session.connect = (transport) => {
        signal.addEventListener('abort', () => transport.close())
        return session.connect(transport)
      }
      const ai = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: server.url } })
      const params = { model: 'gemini-2.5-flash-native-audio', callbacks: { onmessage: () => {} } }
      return openConnection({ connect }, ai, params, platformClock, listeners)
    },
    // For a busy machine.
    limitMs: 20_000,
  })
  it.each(scenarios)('$title', ({ run }) => run())
})

it('refuses to send while it is not open, and names its state, even if the SDK shows no socket', async () => {
  let transport: Transport | undefined
  const session: Pick<LiveSession, 'connect'> = {
    connect: (given) => {
      transport = given
      return { epoch: 1, opened: () => {}, receive: () => {}, closed: () => {} }
    },
  }
  const sent: unknown[] = []
  const bare = {
    sendRealtimeInput: (input: unknown) => sent.push(input),
    close: () => {},
  } as unknown as SdkSession
  let callbacks: LiveCallbacks | undefined
  let connected = (): void => {}
  const live = {
    connect: (params: LiveConnectParameters) => {
      callbacks = params.callbacks
      return new Promise<SdkSession>((resolve) => {
        connected = () => resolve(bare)
      })
    },
  }
  const params = { model: 'any', callbacks: { onmessage: () => {} } }
  const clock = new ManualClock()
  const opening = openConnection(session, { live }, params, clock, listeners)
  const send = (): void => transport?.send('realtimeInput', { text: 'hello' })
  expect(send).toThrow('connection must be open to send realtimeInput; got "connecting"')
  expect([transport?.bufferedAmount, clock.pendingTimers]).toEqual([0, 0])
  connected()
  await opening
  send()
  callbacks?.onclose?.({ code: 1000, reason: '' } as CloseEvent)
  expect(send).toThrow('connection must be open to send realtimeInput; got "closed"')
  expect(sent).toEqual([{ text: 'hello' }])
})
