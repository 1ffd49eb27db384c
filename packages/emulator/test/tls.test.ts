import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { connect as connectTcp } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { type Emulator, type EmulatorOptions, startEmulator } from '../src/index.ts'

const livePath = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'

let emulator: Emulator | undefined

afterEach(() => emulator?.close())

async function start(options: EmulatorOptions): Promise<Emulator> {
  emulator = await startEmulator(options)
  return emulator
}

/** Connects, trusting `ca`, sends a setup, and returns the server's answer. */
async function setUp(url: string, ca?: string): Promise<unknown> {
  const socket = new WebSocket(url.replace(/^http/, 'ws') + livePath, ca === undefined ? {} : { ca })
  await once(socket, 'open')
  socket.send(JSON.stringify({ setup: { model: 'models/gemini-2.5-flash-native-audio' } }))
  const [frame] = await once(socket, 'message')
  socket.close()
  return JSON.parse(String(frame))
}

describe('TLS', () => {
  it.each([
    ['now', undefined],
    ['long ago, by fake timers', new Date('2000-01-01')],
    ['far ahead, by fake timers', new Date('2099-01-01')],
  ])('uses a generated certificate, which a client can be told to trust: it is %s', async (_, now) => {
    if (now !== undefined) vi.useFakeTimers({ now, toFake: ['Date'] })
    const { url, certificate } = await start({ tls: true }).finally(() => vi.useRealTimers())
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    expect(await setUp(url, certificate)).toEqual({ setupComplete: {} })
    await expect(setUp(url)).rejects.toThrow('self-signed certificate')
  })

  it('has a certificate for the names of this machine and the host, which cannot sign others', async () => {
    const { certificate = '' } = await start({ tls: true, host: 'localhost' })
    const { subjectAltName, ca, validFrom, validTo } = new X509Certificate(certificate)
    expect(subjectAltName?.split(', ')).toEqual([
      'DNS:localhost',
      'IP Address:127.0.0.1',
      'IP Address:0:0:0:0:0:0:0:1',
    ])
    expect(ca).toBe(false)
    // A day of it has passed, because the clocks of client and server may differ.
    const days = [validFrom, validTo].map((time) => Math.round((Date.parse(time) - Date.now()) / 86_400_000))
    expect(days).toEqual([-1, 29])
  })

  it.each([
    ['texts', (pem: string) => pem],
    ['the bytes of files', (pem: string) => new TextEncoder().encode(pem)],
  ])('uses a given key and certificate, as %s', async (_as, given) => {
    const { credentialsFor } = await import('../src/tls.ts')
    const credentials = await credentialsFor(true, '127.0.0.1')
    if (!credentials) throw new Error('no credentials')
    const { key, cert } = credentials
    const { url, certificate } = await start({ tls: { key: given(key), cert: given(cert) } })
    expect(certificate).toBe(cert)
    expect(await setUp(url, cert)).toEqual({ setupComplete: {} })
  })

  it('is off by default', async () => {
    const { url, certificate } = await start({})
    expect([url.slice(0, 7), certificate]).toEqual(['http://', undefined])
  })

  it('does not delay the end: an unfinished handshake is cut', async () => {
    const { url, certificate } = await start({ tls: true })
    const port = Number(new URL(url).port)
    const stuck = connectTcp(port, '127.0.0.1')
    const gone = once(stuck, 'close')
    await once(stuck, 'connect')
    // Once a later handshake has finished, the server has accepted the first connection too.
    const secure = connectTls({ port, host: '127.0.0.1', ca: certificate })
    await once(secure, 'secureConnect')
    secure.destroy()
    await emulator?.close()
    await gone
  })

  it('survives a client without TLS', async () => {
    const { url, certificate } = await start({ tls: true })
    const socket = connectTcp(Number(new URL(url).port), '127.0.0.1').on('error', () => {})
    socket.write('GET / HTTP/1.1\r\n\r\n')
    await once(socket, 'close')
    expect(await setUp(url, certificate)).toEqual({ setupComplete: {} })
  })

  it('refuses a key of another certificate, and shows none of it', async () => {
    const { credentialsFor } = await import('../src/tls.ts')
    const [ours, others] = await Promise.all([
      credentialsFor(true, 'localhost'),
      credentialsFor(true, 'localhost'),
    ])
    const tls = { key: others?.key ?? '', cert: ours?.cert ?? '' }
    const error = await startEmulator({ tls }).catch(String)
    expect(error).toMatch(/^EmulatorError: tls must be a key and a certificate that belong together: /)
    expect(error).not.toContain('PRIVATE')
  })

  it.each<[string, unknown, string]>([
    ['a key alone', 'my secret', 'tls must be true, false or { key, cert }, but is string'],
    ['a key without its certificate', { key: 'k' }, 'tls.cert must be a PEM, but is undefined'],
    ['a key that is none', { key: 'my secret', cert: 'c' }, 'tls.key must be a private key in PEM: '],
  ])('refuses %s, and shows no value of it', async (_, tls, message) => {
    const starting = startEmulator({ tls } as EmulatorOptions)
    await expect(starting).rejects.toThrow(message)
    await expect(starting).rejects.not.toThrow('my secret')
  })
})
