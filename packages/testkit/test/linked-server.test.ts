import { LiveSession, type LiveSessionEvent, type LiveSessionOptions } from '@livegate/core/session'
import { expect, it } from 'vitest'
import { LinkedServer, ManualClock } from '../src/index.ts'

async function open(options: Partial<LiveSessionOptions> = {}) {
  const clock = new ManualClock()
  const session = new LiveSession({ clock, setup: { model: 'gemini-2.5-flash' }, ...options })
  const events: LiveSessionEvent['type'][] = []
  session.onEvent(({ type }) => events.push(type))
  const server = await new LinkedServer().connect(session)
  server.send({ setupComplete: {} })
  return { clock, session, events, server }
}

const toolCall = { toolCall: { functionCalls: [{ id: 'fc-1', name: 'get_weather', args: {} }] } }

it('G1, G6: lets a test play the server of a session, without waiting', async () => {
  const { session, server } = await open()
  server.send(toolCall)
  expect(session.sendRealtimeInput({ text: 'and tomorrow?' })).toEqual({
    status: 'held',
    reason: 'tool-call',
  })
  session.sendToolResponse({ functionResponses: { id: 'fc-1', response: { celsius: 12 } } })
  expect(server.received).toEqual([
    { setup: { model: 'gemini-2.5-flash' } },
    { toolResponse: { functionResponses: [{ id: 'fc-1', name: 'get_weather', response: { celsius: 12 } }] } },
    { realtimeInput: { text: 'and tomorrow?' } },
  ])
})

it('delivers messages as JSON carries them, as they were when they were sent', async () => {
  const { session, server } = await open()
  const content = { turns: [{ text: 'now', at: new Date(0), left: undefined }] }
  session.send('clientContent', content)
  content.turns.length = 0
  expect(server.received.at(-1)).toEqual({
    clientContent: { turns: [{ text: 'now', at: '1970-01-01T00:00:00.000Z' }] },
  })
  expect(() => session.send('clientContent', { turns: 1n })).toThrow('BigInt')
  expect(server.received.length).toBe(2)
})

it('delivers messages to the session as JSON carries them, too', async () => {
  const seen: unknown[] = []
  const { server } = await open({ tools: { get_weather: (args) => seen.push(args) } })
  const args = { at: new Date(0) }
  server.send({ toolCall: { functionCalls: [{ id: 'fc-1', name: 'get_weather', args }] } })
  await Promise.resolve()
  expect(seen).toEqual([{ at: '1970-01-01T00:00:00.000Z' }])
})

it('ends all its connections when it is closed', async () => {
  const server = new LinkedServer()
  const sessions = [1, 2].map(() => new LiveSession({ clock: new ManualClock(), setup: { model: 'any' } }))
  for (const session of sessions) await server.connect(session)
  server.close()
  server.close()
  expect(sessions.map((session) => session.snapshot().status)).toEqual(['closed', 'closed'])
  expect(server.peers.map(({ isClosed }) => isClosed)).toEqual([true, true])
})

it('keeps messages while the server does not read, and delivers them in order, even after the end', async () => {
  const { session, server } = await open({ maxBufferedBytes: Number.POSITIVE_INFINITY })
  server.pause()
  session.sendRealtimeInput({ text: 'one' })
  session.sendRealtimeInput({ text: 'two' })
  expect([server.received.length, session.snapshot().bufferedAmount]).toEqual([1, 64])
  session.close()
  server.resume()
  expect(server.received.slice(1)).toEqual([
    { realtimeInput: { text: 'one' } },
    { realtimeInput: { text: 'two' } },
  ])
})

it('ends at both ends, from either, and refuses later messages', async () => {
  const byServer = await open()
  byServer.server.close({ code: 1011, reason: 'Internal error occurred.' })
  byServer.server.close()
  expect([byServer.session.snapshot().status, byServer.server.isClosed]).toEqual(['closed', true])
  expect(() => byServer.server.send({})).toThrow('peer must be open to send; got "closed"')
  const byClient = await open()
  byClient.session.close()
  expect([byClient.server.isClosed, byClient.events.at(-1)]).toEqual([true, 'session-closed'])
  expect(byClient.clock.pendingTimers).toBe(0)
})

it('reports a cut as sockets do, so that nobody takes it for the end that was wanted', async () => {
  const server = new LinkedServer()
  const reports: unknown[] = []
  for (const _ of [1, 2]) {
    const session = new LiveSession({ clock: new ManualClock(), setup: { model: 'any' } })
    session.on('session-closed', ({ report }) => reports.push([report.code, report.reason]))
    await server.connect(session)
  }
  server.peers[0]?.close()
  server.close()
  expect(reports).toEqual([
    [1006, ''],
    [1006, ''],
  ])
})

it.each<[string, (server: LinkedServer, controller: AbortController) => void, string, string | undefined]>([
  ['aborted before', (_, controller) => controller.abort(new Error('no more')), 'no more', undefined],
  [
    'closed before',
    (server) => server.close(),
    'server must be open to connect; got "closed"',
    'the server is closed',
  ],
])('opens no connection when it is %s', async (_, spoil, message, reason) => {
  const server = new LinkedServer()
  const controller = new AbortController()
  const session = new LiveSession({ clock: new ManualClock(), setup: { model: 'any' } })
  const reasons: (string | undefined)[] = []
  session.on('session-closed', ({ report }) => reasons.push(report.reason))
  spoil(server, controller)
  await expect(server.connect(session, { signal: controller.signal })).rejects.toThrow(message)
  expect([reasons, server.peers]).toEqual([reason === undefined ? [] : [reason], []])
})

it('tells the session when it is aborted while the connection opens', async () => {
  const controller = new AbortController()
  const session = new LiveSession({ clock: new ManualClock(), setup: { model: 'any' } })
  const reasons: (string | undefined)[] = []
  session.on('session-closed', ({ report }) => reasons.push(report.reason))
  const opening = new LinkedServer().connect(session, { signal: controller.signal })
  controller.abort(new Error('no more'))
  await expect(opening).rejects.toThrow('no more')
  expect([session.snapshot().status, reasons]).toEqual(['closed', ['aborted while opening']])
})

it('opens no connection for a session that a listener closes as it connects again', async () => {
  const { session, events } = await open()
  session.on('gate-shut', () => session.close())
  const server = new LinkedServer()
  await expect(server.connect(session)).rejects.toThrow('server must be open to connect; got "closed"')
  expect([events, server.peers]).toEqual([
    ['setup-complete', 'gate-opened', 'gate-shut', 'session-closed'],
    [],
  ])
})
