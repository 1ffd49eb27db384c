import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Emulator, type EmulatorOptions, startEmulator } from '../src/index.ts'

const livePath = '/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent'

let emulator: Emulator | undefined

afterEach(() => emulator?.close())

async function start(options: EmulatorOptions): Promise<Emulator> {
  emulator = await startEmulator(options)
  return emulator
}

/** What the server says to a setup, to a client that trusts what it is told to. */
async function setUp(url: string, ca?: string): Promise<unknown> {
  const socket = new WebSocket(url.replace(/^http/, 'ws') + livePath, ca === undefined ? {} : { ca })
  await once(socket, 'open')
  socket.send(JSON.stringify({ setup: { model: 'models/gemini-2.5-flash-native-audio' } }))
  const [frame] = await once(socket, 'message')
  socket.close()
  return JSON.parse(String(frame))
}

describe('TLS', () => {
  it('is spoken with a certificate of its own making, which a client can be told to trust', async () => {
    const { url, certificate } = await start({ tls: true })
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/)
    expect(await setUp(url, certificate)).toEqual({ setupComplete: {} })
    await expect(setUp(url)).rejects.toThrow('self-signed certificate')
  })

  it('has a certificate for the names of this machine and the host, that signs nothing else', async () => {
    const { certificate = '' } = await start({ tls: true, host: 'localhost' })
    const { subjectAltName, ca, validTo } = new X509Certificate(certificate)
    expect(subjectAltName?.split(', ')).toEqual([
      'DNS:localhost',
      'IP Address:127.0.0.1',
      'IP Address:0:0:0:0:0:0:0:1',
    ])
    expect(ca).toBe(false)
    expect(new Date(validTo).getTime()).toBeGreaterThan(Date.now())
  })

  it('is spoken with a key and a certificate that are given', async () => {
    const { credentialsFor } = await import('../src/tls.ts')
    const credentials = await credentialsFor(true, '127.0.0.1')
    if (!credentials) throw new Error('no credentials')
    const { url, certificate } = await start({ tls: credentials })
    expect(certificate).toBe(credentials.cert)
    expect(await setUp(url, String(credentials.cert))).toEqual({ setupComplete: {} })
  })

  it('is not spoken unless asked for', async () => {
    const { url, certificate } = await start({})
    expect([url.slice(0, 7), certificate]).toEqual(['http://', undefined])
  })

  it.each<[string, unknown, string]>([
    ['a word', 'yes', 'tls must be true, false or { key, cert }'],
    ['a key without its certificate', { key: 'k' }, 'tls.cert must be a PEM'],
    ['a key that is none', { key: 'my secret', cert: 'c' }, 'tls.key must be a private key in PEM'],
  ])('refuses %s, and shows no value of it', async (_, tls, message) => {
    const starting = startEmulator({ tls } as EmulatorOptions)
    await expect(starting).rejects.toThrow(message)
    await expect(starting).rejects.not.toThrow('my secret')
  })
})
