import { once } from 'node:events'
import { connect } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { Emulator, EmulatorOptions } from '../src/index.ts'
import { type Refusal, refusalOfError } from '../src/refusal.ts'
import { startObserved } from '../src/start-emulator.ts'

const livePath = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'
const wherePath = '/ws/google.ai.generativelanguage.VERSION.GenerativeService.BidiGenerateContent'

let emulator: Emulator | undefined
const refusals: Refusal[] = []

async function start(options: EmulatorOptions = {}): Promise<URL> {
  emulator = await startObserved(options, (refusal) => refusals.push(refusal))
  return new URL(emulator.url)
}

afterEach(async () => {
  refusals.length = 0
  await emulator?.close()
})

describe('a connection that is refused is reported', () => {
  it('for a path that is not that of a Live client', async () => {
    const { host } = await start()
    await once(new WebSocket(`ws://${host}/ws/live?key=secret`), 'error')
    expect(refusals).toEqual([
      { path: '/ws/live', status: 404, problem: `a Live client connects to ${wherePath}` },
    ])
  })

  it('for a request that is no WebSocket handshake, without its query', async () => {
    const { origin } = await start()
    const response = await fetch(`${origin}/v1beta/models/m:generateContent?key=secret`, {
      method: 'POST',
    })
    const problem = `this server accepts WebSocket connections to ${wherePath}, and GET /tools/NAME`
    expect([response.status, await response.json()]).toEqual([404, { error: problem }])
    expect(refusals).toEqual([
      { method: 'POST', path: '/v1beta/models/m:generateContent', status: 404, problem },
    ])
  })

  it.each([
    ['is no GET', ['GET', 'POST'], 'Invalid HTTP method'],
    ['has no key', ['Sec-WebSocket-Key', 'X-Key'], 'Missing or invalid Sec-WebSocket-Key header'],
  ] as const)('for a handshake that %s', async (_, [from, to], problem) => {
    const { port } = await start()
    const socket = connect(Number(port), '127.0.0.1')
    const handshake = [
      `GET ${livePath}?key=secret HTTP/1.1`,
      'Host: x',
      'Upgrade: websocket',
      'Connection: Upgrade',
      'Sec-WebSocket-Version: 13',
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
      '\r\n',
    ].join('\r\n')
    socket.write(handshake.replace(from, to))
    expect(String(await once(socket, 'data'))).toContain('HTTP/1.1 400 Bad Request')
    expect(refusals).toEqual([{ path: livePath, status: 400, problem }])
  })

  it('for a client that uses TLS at a port without it', async () => {
    const { port } = await start()
    const socket = connectSecurely({ port: Number(port), host: '127.0.0.1' })
    await once(socket, 'error')
    const problem =
      'a TLS handshake at a port without TLS: connect to http:// or ws://, or start the emulator with tls (--tls)'
    await vi.waitFor(() => expect(refusals).toEqual([{ problem }]))
  })

  it('for a client without TLS at a port that needs it', async () => {
    const { host } = await start({ tls: true })
    await once(new WebSocket(`ws://${host}${livePath}`), 'error')
    const problem = 'a request without TLS at a port with TLS: connect to https:// or wss://'
    await vi.waitFor(() => expect(refusals).toEqual([{ problem }]))
  })

  it('for a client that breaks off its handshake because it does not trust the certificate', async () => {
    const { port } = await start({ tls: true })
    await once(connectSecurely({ port: Number(port), host: '127.0.0.1' }), 'error')
    const problem = "the client broke off the TLS handshake; it may not trust the emulator's certificate"
    await vi.waitFor(() => expect(refusals).toEqual([{ problem }]))
  })

  it.each(['TLSV1_ALERT_UNKNOWN_CA', 'SSLV3_ALERT_CERTIFICATE_UNKNOWN', 'SSLV3_ALERT_BAD_CERTIFICATE'])(
    'for a client that says so in an alert: %s',
    (alert) => {
      const error = Object.assign(new Error('SSL routines'), { code: `ERR_SSL_${alert}` })
      const problem = "the client doesn't trust the emulator's certificate"
      expect(refusalOfError(error, { inHandshake: true })).toEqual({ problem })
    },
  )

  it.each([
    ['ERR_SSL_UNSUPPORTED_PROTOCOL', { problem: 'why' }],
    ['ERR_HTTP_REQUEST_TIMEOUT', { status: 408, problem: 'why' }],
    ['EPIPE', undefined],
  ])('by what its error tells of the client: %s', (code, refusal) => {
    const error = Object.assign(new Error('why'), { code })
    expect(refusalOfError(error, { inHandshake: false })).toEqual(refusal)
  })

  it('for bytes that are no HTTP request', async () => {
    const { port } = await start()
    const socket = connect(Number(port), '127.0.0.1')
    socket.write('hello\r\n\r\n')
    expect(String(await once(socket, 'data'))).toContain('HTTP/1.1 400 Bad Request\r\n')
    expect(refusals).toEqual([{ status: 400, problem: expect.stringContaining('Parse Error') }])
  })

  it('but not where a client breaks off after its TLS handshake', async () => {
    const { port } = await start({ tls: true })
    const ca = emulator?.certificate ?? ''
    const tcp = connect(Number(port), '127.0.0.1')
    const first = connectSecurely({ socket: tcp, host: '127.0.0.1', ca })
    await once(first, 'secureConnect')
    first.on('error', () => {})
    first.write('GET /first HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(first, 'data')
    tcp.resetAndDestroy()
    // The answer to a later request comes once the server has seen the reset.
    const second = connectSecurely({ port: Number(port), host: '127.0.0.1', ca })
    second.write('GET /later HTTP/1.1\r\nHost: x\r\n\r\n')
    await once(second, 'data')
    second.destroy()
    expect(refusals).toMatchObject([{ path: '/first' }, { path: '/later' }])
  })

  it('but not where the client breaks off without a request', async () => {
    const { port, origin } = await start()
    const socket = connect(Number(port), '127.0.0.1')
    await once(socket, 'connect')
    socket.resetAndDestroy()
    // The answer to a later request comes once the server has seen the reset.
    await fetch(origin)
    expect(refusals).toMatchObject([{ method: 'GET', path: '/' }])
  })
})
