import { readFileSync } from 'node:fs'
import * as sdk3 from '@google/genai'
import { startEmulator } from '@livegate/emulator'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type GateTarget, gateLive } from '../src/index.ts'
import { sdks } from './sdks.ts'

const versionOf = (name: string): string => {
  const manifest = new URL(`../node_modules/@google/${name}/package.json`, import.meta.url)
  return JSON.parse(readFileSync(manifest, 'utf8')).version
}

/** Where one of these fails, the SDK has moved something: see to it, and to the versions that sdk-seams.ts names. */
describe.each(sdks)('@google/genai %s is as the gate takes it to be', (_, sdk) => {
  it('connects by a method of the class `Live`, which every client has one of', () => {
    const { live } = new sdk.GoogleGenAI({ apiKey: 'test-key' })
    expect(live).toBeInstanceOf(sdk.Live)
    expect(Object.getOwnPropertyNames(sdk.Live.prototype)).toEqual([
      'constructor',
      'connect',
      'isCallableTool',
    ])
    expect(Object.getOwnPropertyNames(live)).toEqual(['apiClient', 'auth', 'webSocketFactory', 'music'])
  })

  it('sends by the methods of a session that the gate knows, and by no other', () => {
    expect(Object.getOwnPropertyNames(sdk.Session.prototype)).toEqual([
      'constructor',
      'tLiveClientContent',
      'tLiveClienttToolResponse',
      'sendClientContent',
      'sendRealtimeInput',
      'sendToolResponse',
      'sendContextUpdate',
      'close',
    ])
  })

  it("makes its sockets by a factory, with the URL and the headers on them and the platform's socket below", async () => {
    const emulator = await startEmulator()
    onTestFinished(() => emulator.close())
    const ai = new sdk.GoogleGenAI({ apiKey: 'test-key', httpOptions: { baseUrl: emulator.url } })
    const session = await ai.live.connect({ model: 'any', callbacks: { onmessage: () => {} } })
    onTestFinished(() => session.close())
    expect(Object.getOwnPropertyNames(session).sort()).toEqual(['apiClient', 'conn', 'setupComplete'])
    expect(session.conn).toMatchObject({
      url: expect.stringContaining('key=test-key'),
      headers: expect.any(Object),
      callbacks: { onmessage: expect.any(Function) },
      ws: { readyState: 1, bufferedAmount: 0, binaryType: 'nodebuffer' },
    })
    expect(Object.getOwnPropertyNames(session.conn).sort()).toEqual(['callbacks', 'headers', 'url', 'ws'])
  })

  it.each([true, false])('knows whether it is for Vertex AI: %s', (vertexai) => {
    const ai = new sdk.GoogleGenAI({ vertexai, apiKey: 'test-key' })
    const { apiClient } = ai.live as unknown as { readonly apiClient: { isVertexAI(): boolean } }
    expect([ai.vertexai, apiClient.isVertexAI()]).toEqual([vertexai, vertexai])
  })
})

describe('an SDK that is built otherwise', () => {
  const liveWithout = (seam: string): object =>
    Object.create(new sdk3.GoogleGenAI({ apiKey: 'test-key' }).live, { [seam]: { value: undefined } })

  it.each<[string, unknown]>([
    ['target.live.connect', { live: liveWithout('connect') }],
    ['target.live.webSocketFactory.create', { live: liveWithout('webSocketFactory') }],
    ['target.live.apiClient.isVertexAI', { live: liveWithout('apiClient') }],
    ['target.prototype.connect', sdk3.GoogleGenAI],
    ['target.prototype.connect', () => {}],
  ])('is refused with the seam that is missing, and the versions that have it: %s', (field, target) => {
    const versions = ['genai-2', 'genai'].map((name) => versionOf(name).replace(/\.\d+$/, ''))
    expect(() => gateLive(target as GateTarget)).toThrow(
      expect.objectContaining({
        code: 'unsupported-sdk',
        field,
        message: `${field} must be a function, as in the versions of @google/genai that are tested, ${versions.join(' and ')}; got "undefined"`,
      }),
    )
  })

  it('is refused when it connects, where only its class was there to look at', async () => {
    class Live {
      async connect(): Promise<object> {
        return {}
      }
    }
    const ungate = gateLive(Live)
    const refusal = { code: 'unsupported-sdk', field: 'live.webSocketFactory.create' }
    await expect(new Live().connect()).rejects.toThrow(expect.objectContaining(refusal))
    ungate()
    expect(await new Live().connect()).toEqual({})
  })
})
