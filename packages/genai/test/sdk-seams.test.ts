import { readFileSync } from 'node:fs'
import * as sdk3 from '@google/genai'
import { type Emulator, startEmulator } from '@livegate/emulator'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { type ConnectLiveEvent, connectLive, type GateTarget, gateLive } from '../src/index.ts'
import { sdks } from './sdks.ts'
import { settled } from './settled.ts'
import { until } from './spoken-call.ts'

const versionOf = (name: string): string => {
  const manifest = new URL(`../node_modules/@google/${name}/package.json`, import.meta.url)
  return JSON.parse(readFileSync(manifest, 'utf8')).version
}

/** The end of a refusal's message, which says which versions have the seam. */
const asTested = (kind: string): string => {
  const versions = ['genai-2', 'genai'].map((name) => versionOf(name).replace(/\.\d+$/, ''))
  return `must be a ${kind}, as in the versions of @google/genai that are tested, ${versions.join(' and ')}; got "undefined"`
}

/** If one of these fails, the SDK has moved a seam: adapt to it, and update the versions in sdk-seams.ts. */
describe.each(sdks)('@google/genai %s has the seams that the gate uses', (_, sdk) => {
  it('connects by a method of the class `Live`, of which every client has an instance', () => {
    const { live } = new sdk.GoogleGenAI({ apiKey: 'test-key' })
    expect(live).toBeInstanceOf(sdk.Live)
    expect(Object.getOwnPropertyNames(sdk.Live.prototype)).toEqual([
      'constructor',
      'connect',
      'isCallableTool',
    ])
    expect(Object.getOwnPropertyNames(live)).toEqual(['apiClient', 'auth', 'webSocketFactory', 'music'])
  })

  it('sends by methods of a session that the gate knows, and by no others', () => {
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

  it.each([true, false])('knows whether a client is for Vertex AI: %s', (vertexai) => {
    const ai = new sdk.GoogleGenAI({ vertexai, apiKey: 'test-key' })
    const { apiClient } = ai.live as unknown as { readonly apiClient: { isVertexAI(): boolean } }
    expect([ai.vertexai, apiClient.isVertexAI()]).toEqual([vertexai, vertexai])
  })
})

describe('an SDK that is built differently', () => {
  const liveWithout = (seam: string): object =>
    Object.create(new sdk3.GoogleGenAI({ apiKey: 'test-key' }).live, { [seam]: { value: undefined } })

  it.each<[string, unknown]>([
    ['target.live.connect', { live: liveWithout('connect') }],
    ['target.live.webSocketFactory.create', { live: liveWithout('webSocketFactory') }],
    ['target.live.apiClient.isVertexAI', { live: liveWithout('apiClient') }],
    ['target.prototype.connect', sdk3.GoogleGenAI],
    ['target.prototype.connect', () => {}],
  ])('is refused with the missing seam, and the versions that have it: %s', (field, target) => {
    expect(() => gateLive(target as GateTarget)).toThrow(
      expect.objectContaining({
        code: 'unsupported-sdk',
        field,
        message: `${field} ${asTested('function')}`,
      }),
    )
  })

  it('is refused when it connects, if only its class was gated', async () => {
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

/** The SDK's socket, as the gate knows it. */
interface Socket {
  readonly url: string
  readonly ws?: WebSocket
  connect(): void
  send(message: string): void
  close(): void
}

interface Factory {
  create(...given: readonly unknown[]): Socket
}

/** How a later SDK could move each seam of its sockets. */
const moves: readonly (readonly [
  seam: string,
  kind: string,
  move: (socket: Socket) => PropertyDescriptorMap,
])[] = [
  [
    'socket.connect',
    'function',
    (socket) => ({ connect: { value: undefined }, open: { value: () => socket.connect() } }),
  ],
  ['socket.close', 'function', () => ({ close: { value: undefined } })],
  ['socket.url', 'string', () => ({ url: { value: undefined, configurable: true } })],
  ['socket.ws.readyState', 'number', () => ({ ws: { value: undefined } })],
  [
    'socket.ws.bufferedAmount',
    'number',
    (socket) => ({ ws: { get: () => ({ readyState: socket.ws?.readyState }) } }),
  ],
]

describe.each(sdks)('an SDK like @google/genai %s whose sockets are built differently', (_, sdk) => {
  let emulator: Emulator

  beforeEach(async () => {
    emulator = await startEmulator()
  })

  afterEach(async () => {
    await emulator.close()
  })

  /** A client of such an SDK, which itself knows where its parts are, and the sockets below. */
  function clientWhere(move: (socket: Socket) => PropertyDescriptorMap) {
    const { live } = new sdk.GoogleGenAI({ apiKey: 'test-key', httpOptions: { baseUrl: emulator.url } })
    const own = (live as unknown as { readonly webSocketFactory: Factory }).webSocketFactory
    const sockets: Socket[] = []
    const webSocketFactory = {
      create(...given: readonly unknown[]): object {
        const socket = own.create(...given)
        sockets.push(socket)
        const whole = {
          url: socket.url,
          connect: () => socket.connect(),
          close: () => socket.close(),
          get ws() {
            return socket.ws
          },
        }
        return Object.create(whole, move(socket))
      },
    }
    function connect(
      this: { webSocketFactory: typeof webSocketFactory },
      params: sdk3.LiveConnectParameters,
    ) {
      const create = (...given: readonly unknown[]): Partial<Socket> => {
        const moved = this.webSocketFactory.create(...given) as Partial<Socket> & { open(): void }
        return {
          connect: () => (moved.connect ?? moved.open)(),
          send: (message) => sockets.at(-1)?.send(message),
          close: () => sockets.at(-1)?.close(),
        }
      }
      const view: typeof live = Object.create(live, { webSocketFactory: { value: { create } } })
      return sdk.Live.prototype.connect.call(view, params)
    }
    const movedLive: typeof live = Object.assign(Object.create(live), { webSocketFactory, connect })
    return { client: { live: movedLive }, sockets }
  }

  const params = { model: 'gemini-2.5-flash-native-audio', callbacks: { onmessage: () => {} } }

  it.each(moves)('is refused by gateLive, and no socket is left: %s', async (seam, kind, move) => {
    const { client, sockets } = clientWhere(move)
    using _ungate = gateLive(client)
    await expect(client.live.connect(params)).rejects.toThrow(
      expect.objectContaining({
        code: 'unsupported-sdk',
        field: seam,
        message: `${seam} ${asTested(kind)}`,
      }),
    )
    // Closed, or never made.
    await until(() => sockets.every(({ ws }) => (ws?.readyState ?? 3) === 3))
    expect(sockets.length).toBe(1)
  })

  it.each(moves)('is reported once by connectLive, which goes on: %s', async (seam, kind, move) => {
    const { client } = clientWhere(move)
    const events: ConnectLiveEvent[] = []
    const session = await connectLive(client, params, { onEvent: (event) => events.push(event) })
    expect(events).toEqual([
      {
        type: 'unsupported-sdk',
        error: expect.objectContaining({
          code: 'unsupported-sdk',
          field: seam,
          message: `${seam} ${asTested(kind)}`,
        }),
      },
      { type: 'setup-complete', epoch: 1 },
      { type: 'gate-opened' },
    ])
    expect(session.sendRealtimeInput({ text: 'hello' })).toEqual({ status: 'sent' })
    await until(() => emulator.sessions[0]?.receivedSignals().length === 1)
    session.close()
    await until(() => emulator.sessions[0]?.closed !== undefined)
  })
})

describe('connectLive with an SDK whose parts are private', () => {
  class Live {
    readonly #session = { close: () => {} } as unknown as sdk3.Session
    async connect(_params: sdk3.LiveConnectParameters): Promise<sdk3.Session> {
      return this.#session
    }
  }

  it('goes on, and reports it, even if the listener throws', async () => {
    const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => {})
    onTestFinished(() => console.mockRestore())
    const told: unknown[] = []
    const onEvent = (event: ConnectLiveEvent): void => {
      if (event.type === 'listener-failed') return
      told.push(event.type === 'unsupported-sdk' ? event.error.message : event.type)
      throw event.type
    }
    const params = { model: 'any', callbacks: { onmessage: () => {} } }
    const session = await connectLive({ live: new Live() }, params, { onEvent })
    session.close()
    await settled()
    const missing = `live.webSocketFactory.create ${asTested('function')}`
    expect(told).toEqual([missing, 'setup-complete', 'gate-opened', 'session-closed'])
    expect(console.mock.calls.flat()).toEqual([
      'unsupported-sdk',
      'setup-complete',
      'gate-opened',
      'session-closed',
    ])
  })
})
