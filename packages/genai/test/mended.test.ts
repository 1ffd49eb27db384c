import { once } from 'node:events'
import { type AddressInfo, connect as connectTcp, createServer, type Socket } from 'node:net'
import { inspect } from 'node:util'
import { runInNewContext } from 'node:vm'
import type * as sdk3 from '@google/genai'
import type { Verdict } from '@livegate/core'
import { type Emulator, startEmulator } from '@livegate/emulator'
import { ManualClock } from '@livegate/testkit'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { frameProblem } from '../src/frame-problem.ts'
import { type ConnectLiveEvent, connectLive, gateLive, type SdkClient } from '../src/index.ts'
import { sdks } from './sdks.ts'
import { until } from './spoken-call.ts'
import { authClientOf } from './vertex-account.ts'

const apiKey = 'test-key-that-nobody-may-see'

/** The two ways to a gated session. */
type Connect = (
  ai: sdk3.GoogleGenAI,
  params: sdk3.LiveConnectParameters,
  options?: { clock?: ManualClock; deadlines?: { setupMs: number }; onEvent?: (event: object) => void },
) => Promise<sdk3.Session>

/** The internals of the SDK's `live` that a test stands in for. */
interface Internals {
  readonly apiClient: unknown
  readonly webSocketFactory: {
    create(url: string, headers: object, callbacks: object): { connect(): void; send(message: string): void }
  }
}

const ways: readonly (readonly [string, Connect])[] = [
  ['connectLive', (ai, params, options) => connectLive(ai, params, options)],
  [
    'gateLive',
    (ai, params, options) => {
      using _ungate = gateLive(ai, options)
      return ai.live.connect(params)
    },
  ],
]

const cases = sdks.flatMap(([version, sdk]) => ways.map(([way, connect]) => ({ version, sdk, way, connect })))

describe.each(cases)('$way with @google/genai $version', ({ sdk, connect }) => {
  let emulator: Emulator
  let ai: sdk3.GoogleGenAI

  beforeEach(async () => {
    emulator = await startEmulator()
    ai = new sdk.GoogleGenAI({ apiKey, httpOptions: { baseUrl: emulator.url } })
  })

  afterEach(async () => {
    await emulator.close()
  })

  const params = (callbacks: Partial<sdk3.LiveCallbacks> = {}): sdk3.LiveConnectParameters => ({
    model: 'gemini-2.5-flash-native-audio',
    callbacks: { onmessage: () => {}, ...callbacks },
  })

  const socketOf = (session: sdk3.Session) => session.conn as unknown as { readonly ws: WebSocket }

  it('G5: reports messages that are sent while the socket closes, and after', async () => {
    let closed = false
    const session = await connect(ai, params({ onclose: () => (closed = true) }))
    // As when the server closes: the socket is closing, and no event has been emitted yet.
    socketOf(session).ws.close()
    expect(session.sendRealtimeInput({ text: 'hello?' })).toEqual({ status: 'dropped', reason: 'failed' })
    expect(() => session.sendClientContent({ turns: 'hello?' })).toThrow(
      expect.objectContaining({
        code: 'closed',
        message: 'connection must be open to send clientContent; got "closing"',
      }),
    )
    expect(() => session.sendContextUpdate({ systemInstruction: 'Be brief.' })).toThrow(
      'connection must be open to send contextUpdate; got "closing"',
    )
    await until(() => closed)
    expect(session.sendRealtimeInput({ text: 'hello?' })).toEqual({ status: 'dropped', reason: 'closed' })
    expect(() => session.sendClientContent({ turns: 'hello?' })).toThrow(
      expect.objectContaining({
        code: 'closed',
        message: 'session must be open to send clientContent; got "closed"',
      }),
    )
    expect(emulator.sessions[0]?.receivedSignals()).toEqual([])
  })

  it('G3.3, G5: reports that a response, and the input that waited for it, cannot leave while the socket closes', async () => {
    let [called, closed] = [false, false]
    const dropped: unknown[] = []
    const onmessage = ({ toolCall }: sdk3.LiveServerMessage) => {
      if (toolCall) called = true
    }
    const onEvent = (event: object) => {
      const { type, reason } = event as Extract<ConnectLiveEvent, { type: 'input-dropped' }>
      if (type === 'input-dropped') dropped.push(reason)
    }
    const session = await connect(ai, params({ onmessage, onclose: () => (closed = true) }), { onEvent })
    emulator.sessions[0]?.callTools([{ name: 'get_weather', id: 'a' }])
    await until(() => called)
    expect(session.sendRealtimeInput({ text: 'and tomorrow?' })).toEqual({
      status: 'held',
      reason: 'tool-call',
    })
    socketOf(session).ws.close()
    const answer = () =>
      session.sendToolResponse({ functionResponses: { id: 'a', response: { celsius: 12 } } })
    expect(answer).toThrow(
      expect.objectContaining({
        code: 'closed',
        message: 'connection must be open to send toolResponse; got "closing"',
      }),
    )
    expect(dropped).toEqual(['failed'])
    const report = { sent: [], suppressed: [{ id: 'a', reason: 'lost' }] }
    expect(answer()).toEqual(report)
    await until(() => closed)
    expect(answer()).toEqual(report)
    expect(emulator.sessions[0]?.toolResponses).toEqual([])
  })

  describe('notices that the server has closed, although TCP stays open', () => {
    const reason = 'Operation is not implemented, or supported, or enabled.'

    /** Connects through a proxy that keeps its TCP connection to the client open after both ends have ended theirs. */
    async function meetClose() {
      const clients: Socket[] = []
      const proxy = createServer({ allowHalfOpen: true }, (client) => {
        clients.push(client)
        const server = connectTcp(Number(new URL(emulator.url).port))
        client.pipe(server).pipe(client, { end: false })
      })
      await once(proxy.listen(0, '127.0.0.1'), 'listening')
      const hangUp = (): void => {
        for (const client of clients) client.destroy()
      }
      onTestFinished(() => {
        hangUp()
        proxy.close()
      })
      const { port } = proxy.address() as AddressInfo
      const baseUrl = `http://127.0.0.1:${port}`
      const clock = new ManualClock()
      const closes: object[] = []
      const session = await connect(
        new sdk.GoogleGenAI({ apiKey, httpOptions: { baseUrl } }),
        params({ onclose: ({ code, reason }) => void closes.push({ code, reason }) }),
        { clock },
      )
      emulator.sessions[0]?.close(1008, reason)
      // The SDK's own type returns nothing.
      const verdict = () => session.sendRealtimeInput({ text: 'hello?' }) as unknown as Verdict
      await until(() => verdict().status === 'dropped')
      return { verdict, clock, closes, hangUp, socket: socketOf(session).ws }
    }

    it('and ends 1 s later', async () => {
      const { verdict, clock, closes } = await meetClose()
      for (let sends = 0; sends < 50; sends++) {
        expect(verdict()).toEqual({ status: 'dropped', reason: 'failed' })
        clock.advance(20)
      }
      await until(() => closes.length > 0)
      expect(closes).toEqual([{ code: 1008, reason }])
      expect(verdict()).toEqual({ status: 'dropped', reason: 'closed' })
      expect(clock.pendingTimers).toBe(0)
    })

    it('and waits for TCP where the platform cannot end it, as in a browser', async () => {
      const { verdict, clock, closes, hangUp, socket } = await meetClose()
      Object.defineProperty(socket, 'terminate', { value: undefined })
      clock.advance(1000)
      expect(verdict()).toEqual({ status: 'dropped', reason: 'failed' })
      hangUp()
      await until(() => closes.length > 0)
    })

    it('and leaves no timer if TCP ends before that', async () => {
      const { clock, closes, hangUp } = await meetClose()
      expect(clock.pendingTimers).toBe(1)
      hangUp()
      await until(() => closes.length > 0)
      expect(clock.pendingTimers).toBe(0)
    })
  })

  it('keeps what parameters and their config inherit, which the SDK reads, too', async () => {
    class Config {
      readonly #words = 'Be brief.'
      _private(): void {}
      get systemInstruction(): string {
        return this.#words
      }
      get realtimeInputConfig() {
        return { automaticActivityDetection: { disabled: true } }
      }
    }
    const config: sdk3.LiveConnectConfig = Object.assign(new Config(), { temperature: 0.5 })
    const told: unknown[] = []
    const onmessage = (message: object): void => void told.push({ ...message })
    const session = await connect(ai, Object.create({ ...params({ onmessage }), config }))
    expect(told).toEqual([{ setupComplete: {} }])
    expect(emulator.sessions[0]?.setup).toMatchObject({
      generationConfig: { temperature: 0.5 },
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      realtimeInputConfig: config.realtimeInputConfig,
    })
    const audio = { data: 'AAAA', mimeType: 'audio/pcm' }
    expect(session.sendRealtimeInput({ audio })).toEqual({ status: 'held', reason: 'pre-roll' })
    session.close()
  })

  it('G3: ignores a setupComplete before the setup, for which the SDK has no session yet', async () => {
    const { webSocketFactory } = ai.live as unknown as {
      webSocketFactory: { create(url: string, headers: unknown, callbacks: sdk3.LiveCallbacks): object }
    }
    const create = webSocketFactory.create.bind(webSocketFactory)
    webSocketFactory.create = (url, headers, callbacks) => {
      const onopen = (): void => {
        callbacks.onmessage({ data: '{"setupComplete":{}}' } as never)
        callbacks.onopen?.()
      }
      return create(url, headers, { ...callbacks, onopen })
    }
    const events: object[] = []
    const session = await connect(ai, params({ onerror: () => {} }), {
      onEvent: (event) => events.push(event),
    })
    session.close()
    const ignored = { type: 'malformed-frame', problem: 'it came before the setup' }
    expect(events).toContainEqual(expect.objectContaining(ignored))
  })

  it('G3.6: does not wait for a server that never accepts the setup, and leaves no socket', async () => {
    const clock = new ManualClock()
    emulator.injectNext({ fault: 'silence' })
    const connecting = connect(ai, params(), { clock, deadlines: { setupMs: 5000 } })
    const refusal = expect(connecting).rejects.toThrow(
      expect.objectContaining({
        code: 'closed',
        message: expect.stringContaining('no setupComplete within 5 s'),
      }),
    )
    await until(() => emulator.sessions[0]?.setup !== undefined)
    clock.advance(5000)
    await refusal
    await until(() => emulator.sessions[0]?.closed !== undefined)
    expect(emulator.sessions[0]?.closed).toMatchObject({ by: 'client' })
    expect(clock.pendingTimers).toBe(0)
  })

  it('G3.6: waits until the server accepts the setup, also over 2.0 to 2.10 of the SDK, which do not', async () => {
    const address = `${emulator.url.replace('http', 'ws')}/ws/google.ai.generativelanguage.v1beta.GenerativeService`
    // As theirs, in short.
    const early = async function (this: Internals, { model, callbacks }: sdk3.LiveConnectParameters) {
      const conn = await new Promise<{ send(message: string): void }>((resolve) => {
        const socket = this.webSocketFactory.create(
          `${address}.BidiGenerateContent`,
          {},
          {
            onopen: () => resolve(socket),
            onmessage: ({ data }: { readonly data: string }) => callbacks.onmessage(JSON.parse(data)),
            onerror: () => {},
            onclose: (event: CloseEvent) => callbacks.onclose?.(event),
          },
        )
        socket.connect()
      })
      conn.send(JSON.stringify({ setup: { model } }))
      return new sdk.Session(conn as never, this.apiClient as never)
    }
    ai.live.connect = early as never
    const told: unknown[] = []
    const onmessage = (message: object): void => void told.push(...Object.keys(message))
    const onEvent = ({ type }: Partial<ConnectLiveEvent>): void => void told.push(type)
    const session = await connect(ai, params({ onmessage }), { onEvent })
    expect(told).toEqual(['setupComplete', 'setup-complete', 'gate-opened'])
    session.close()
    const clock = new ManualClock()
    emulator.injectNext({ fault: 'silence' })
    const connecting = connect(ai, params(), { clock })
    const refusal = expect(connecting).rejects.toThrow('no setupComplete within 30 s')
    await until(() => emulator.sessions[1]?.setup !== undefined)
    clock.advance(30_000)
    await refusal
    await until(() => emulator.sessions[1]?.closed !== undefined)
    expect(clock.pendingTimers).toBe(0)
  })

  it('G3.6: leaves no socket that is made after connecting has failed', async () => {
    const clock = new ManualClock()
    let authorize = (): void => {}
    const authorized = new Promise<void>((resolve) => {
      authorize = resolve
    })
    const vertex = new sdk.GoogleGenAI({
      vertexai: true,
      project: 'test-project',
      location: 'us-central1',
      googleAuthOptions: { authClient: authClientOf(authorized) },
      httpOptions: { baseUrl: emulator.url },
    })
    let closes = 0
    const connecting = connect(vertex, params({ onclose: () => closes++ }), { clock })
    clock.advance(30_000)
    await expect(connecting).rejects.toThrow(expect.objectContaining({ code: 'closed' }))
    authorize()
    await until(() => closes === 1)
    expect(emulator.sessions).toEqual([])
  })

  it('G3.6: does not wait for a server that refuses the connection', async () => {
    emulator.injectNext({ fault: 'refuse', status: 401 })
    const why = 'Unexpected server response: 401'
    const told: unknown[] = []
    const onerror = ({ message }: { readonly message: string }) => told.push(message)
    const onEvent = (event: object) => {
      const { type, report } = event as Extract<ConnectLiveEvent, { type: 'session-closed' }>
      if (type === 'session-closed') told.push(report.reason)
    }
    await expect(connect(ai, params({ onerror }), { onEvent })).rejects.toThrow(why)
    expect(told).toEqual([why, why])
  })

  it('lets a program wrap the methods of its socket, as the SDK does', async () => {
    const session = await connect(ai, params())
    const { conn } = session
    const send = conn.send.bind(conn)
    const sent: string[] = []
    conn.send = (message: string): void => {
      sent.push(message)
      send(message)
    }
    session.sendRealtimeInput({ text: 'hello' })
    await until(() => emulator.sessions[0]?.receivedSignals().length === 1)
    expect(sent).toEqual(['{"realtimeInput":{"text":"hello"}}'])
    session.close()
  })

  it.each<[string, string, (secret: string, baseUrl: string) => sdk3.GoogleGenAIOptions]>([
    ['the key', apiKey, (secret, baseUrl) => ({ apiKey: secret, httpOptions: { baseUrl } })],
    [
      'a header of the client',
      'a-token-that-nobody-may-see',
      (secret, baseUrl) => ({
        apiKey,
        httpOptions: {
          baseUrl,
          headers: { Authorization: `Basic ${secret}`, 'X-Goog-User-Project': 'test-project' },
        },
      }),
    ],
    [
      "the token of a Vertex AI client's account",
      'test-token',
      (_, baseUrl) => ({
        vertexai: true,
        project: 'test-project',
        location: 'us-central1',
        googleAuthOptions: { authClient: authClientOf(Promise.resolve()) },
        httpOptions: { baseUrl },
      }),
    ],
    [
      'the name and the password in the address',
      'a-name:a-password',
      (secret, baseUrl) => ({ apiKey, httpOptions: { baseUrl: baseUrl.replace('//', `//${secret}@`) } }),
    ],
  ])('shows %s nowhere, even if the server quotes it in a close', async (_what, secret, optionsOf) => {
    const client = new sdk.GoogleGenAI(optionsOf(secret, emulator.url))
    const seen: unknown[] = []
    const see = (what: unknown): void => void seen.push(what)
    const closes: unknown[] = []
    const onclose = (event: CloseEvent): void => void closes.push(event)
    const session = await connect(client, params({ onclose, onerror: see }), { onEvent: see })
    seen.push(session.conn)
    const reason = `application/json with ${secret} is refused for test-project`
    emulator.sessions[0]?.close(1008, reason)
    await until(() => closes.length === 1)
    emulator.injectNext({ fault: 'close', code: 1008, reason })
    await connect(client, params({ onclose }), { onEvent: see }).catch(see)
    const clean = { code: 1008, reason: 'application/json with … is refused for test-project' }
    expect(closes).toMatchObject([clean, clean])
    expect(seen).toContainEqual(
      expect.objectContaining({ type: 'session-closed', report: expect.objectContaining(clean) }),
    )
    const shown = [...seen, ...closes].map((what) => inspect(what, { depth: 9, showHidden: true })).join()
    expect(shown).toContain(`(1008: ${clean.reason})`)
    expect(shown).not.toContain(secret)
  })

  it('does not show a header that the SDK refuses to send', async () => {
    const headers = { 'x-token': 'a-token-that\nnobody-may-see' }
    const client = new sdk.GoogleGenAI({ apiKey, httpOptions: { baseUrl: emulator.url, headers } })
    const error = await connect(client, params()).catch((reason: unknown) => reason)
    expect(inspect(error)).toContain('"…\n…" is an invalid header value')
    expect(inspect(error)).not.toContain('nobody-may-see')
  })

  it('does not show the key when a session, its socket, an event or an error is printed', async () => {
    const seen: unknown[] = []
    const see = (what: unknown) => seen.push(what)
    const session = await connect(ai, params({ onclose: see, onmessage: see }), { onEvent: see })
    const { conn } = session
    const { ws } = socketOf(session)
    seen.push(session, conn, ws)
    const socketShown = { url: expect.stringMatching(/\?key=…$/), readyState: 1 }
    expect(JSON.parse(JSON.stringify(ws))).toEqual(socketShown)
    expect(ws).toMatchObject(socketShown)
    session.close()
    await until(() => seen.some((what) => (what as Event).type === 'close'))
    emulator.injectNext({ fault: 'refuse', status: 401 })
    await connect(ai, params({ onerror: see, onclose: see }), { onEvent: see }).catch(see)
    expect(seen.some((what) => (what as Event).type === 'error')).toBe(true)
    const ways = [{ depth: Infinity }, { depth: 9, showHidden: true }]
    const shown = [
      ...ways.flatMap((way) => seen.map((what) => inspect(what, way))),
      JSON.stringify(seen),
    ].join()
    expect(shown).toContain('?key=…')
    expect(shown).not.toContain(apiKey)
    // Hidden from printing only: the values are still there.
    expect(Reflect.get(session, 'apiClient')).toBe(Reflect.get(ai.live, 'apiClient'))
    expect(conn).toHaveProperty('headers', expect.objectContaining({ 'content-type': 'application/json' }))
  })
})

describe('the key', () => {
  it.each([
    ['wss://host/ws/Service?key=secret', 'wss://host/ws/Service?key=…'],
    [
      'wss://host/ws/Service?alt=json&access_token=auth_tokens/secret&x=1',
      'wss://host/ws/Service?alt=json&access_token=…&x=1',
    ],
    ['wss://host/ws/Service', 'wss://host/ws/Service'],
  ])('is cut out of %s', async (url, shown) => {
    const socket = { url, headers: { authorization: 'Bearer secret' }, connect: () => {}, close: () => {} }
    const live = {
      webSocketFactory: { create: () => socket },
      async connect(): Promise<sdk3.Session> {
        this.webSocketFactory.create().connect()
        return { close: () => {} } as sdk3.Session
      },
    }
    const session = await connectLive({ live } as unknown as SdkClient<sdk3.Session>, {
      model: 'any',
      callbacks: { onmessage: () => {} },
    })
    session.close()
    expect(JSON.parse(JSON.stringify(socket))).toEqual({ url: shown })
    expect(socket.headers).toEqual({ authorization: 'Bearer secret' })
  })
})

describe('an event of the socket that quotes the key', () => {
  const text = `no application/json to ${apiKey} with a-token-that-nobody-may-see or one-that-nobody-may-see in time`
  const clean = 'no application/json to … with … or … in time'
  const error = () => new Error(text)
  /** Those of a browser inherit their texts. */
  class Inherited {
    get message(): string {
      return text
    }
    get reason(): string {
      return text
    }
  }
  it.each<[string, object]>([
    ['with texts of its own', { message: text, reason: text, error: error() }],
    ['with texts under symbols', { [Symbol('text')]: text, message: text, reason: text, error: error() }],
    ['with inherited texts', new Inherited()],
  ])('reaches the callbacks without it, and so does what the SDK throws: %s', async (_what, event) => {
    // Not even the address is known of this client's connections.
    const live = {
      apiClient: {
        getApiKey: () => apiKey,
        getHeaders: () => ({
          'Content-Type': 'application/json',
          'X-Content-Type': 'a-token-that-nobody-may-see',
          'User-Agent-Token': 'one-that-nobody-may-see',
        }),
      },
      connect: async ({ callbacks }: sdk3.LiveConnectParameters): Promise<sdk3.Session> => {
        callbacks.onerror?.(event as Parameters<NonNullable<typeof callbacks.onerror>>[0])
        callbacks.onclose?.(event as Parameters<NonNullable<typeof callbacks.onclose>>[0])
        throw error()
      },
    }
    const told: object[] = []
    const shown: string[] = []
    const show = (what: unknown): void => void shown.push(inspect(what, { depth: 9, showHidden: true }))
    const tell = (what: object): void => {
      told.push(what)
      show(what)
    }
    const callbacks = { onmessage: () => {}, onerror: tell, onclose: tell }
    const thrown: unknown = await connectLive({ live }, { model: 'any', callbacks }).catch((reason) => reason)
    expect(told).toMatchObject([{ message: clean }, { reason: clean }])
    expect(told.every((each) => each === event)).toBe(true)
    show(thrown)
    expect(shown.join()).toContain(clean)
    expect(shown.join()).not.toMatch(/nobody-may-see/)
  })
})

describe('a frame', () => {
  const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text)
  const frames: readonly (readonly [text: string, problem: string | undefined])[] = [
    ['{}', undefined],
    ['{"somethingNew":null}', undefined],
    ['', 'it is not JSON'],
    ['{"my secret', 'it is not JSON'],
    ['null', 'it is not an object'],
    ['5', 'it is not an object'],
    ['[{"setupComplete":{}}]', 'it is not an object'],
    ['{"text":"hi"}', 'the SDK cannot read its field text'],
    ['{"data":null,"setupComplete":{}}', 'the SDK cannot read its field data'],
    ['\u{FEFF}{}', 'it is not JSON'],
  ]
  it.each(frames)('of %s has its problem described, as text and as bytes', (text, problem) => {
    // As in Jest's environments that emulate a browser, where `ws` gives bytes of another realm.
    const ofAnotherRealm = runInNewContext('Uint8Array.from(bytes)', { bytes: bytes(text) })
    const forms = [text, bytes(text), bytes(text).buffer, ofAnotherRealm]
    expect(forms.map((form) => frameProblem(form))).toEqual(Array(4).fill(problem))
  })

  it.each<[string, string | undefined]>([
    ['{"setupComplete":{}}', 'it came before the setup'],
    ['{"goAway":{}}', undefined],
    ['null', 'it is not an object'],
  ])('of %s has its problem described before the setup, too', (text, problem) => {
    expect(frameProblem(text, true)).toBe(problem)
  })

  it('that cannot be read synchronously is accepted', () => {
    expect(frameProblem(new Blob(['no JSON']))).toBeUndefined()
  })
})
