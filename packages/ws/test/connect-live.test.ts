import { getEventListeners, once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { runInNewContext } from 'node:vm'
import { type EmulatedSession, type Emulator, type EmulatorOptions, startEmulator } from '@livegate/emulator'
import { ManualClock } from '@livegate/testkit'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { WebSocketServer, WebSocket as WsSocket } from 'ws'
import {
  type ConnectLiveEvent,
  type ConnectLiveOptions,
  connectLive,
  isLivegateError,
  type LiveCallbacks,
  type LiveInput,
  type LiveServerMessage,
  passInput,
  type Socket,
  type SocketFactory,
  type SocketHeaders,
  samplesOf,
  vertexEndpoint,
} from '../src/index.ts'
import { platformClock } from '../src/platform-clock.ts'
import { settled } from './settled.ts'

const apiKey = 'test-key-that-nobody-may-see'
const unimplemented = 'Operation is not implemented, or supported, or enabled.'
const model = 'gemini-2.5-flash-native-audio'
const vertexPath = '/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent'

const getWeather = { name: 'get_weather', description: 'The weather in a city' }
const getTime = { name: 'get_time', description: 'The time in a city' }
const tools = [{ functionDeclarations: [getWeather, getTime] }]

/** Waits until the condition holds, and lets sockets make progress meanwhile. The limit comes before that of the test, and says what for. */
async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`not within 10 s: ${condition}`)
    await settled()
  }
}

/** A 20 ms frame in which every sample has the same value. */
const frame = (value: number): LiveInput => ({ audio: new Int16Array(320).fill(value) })

/** The values of the frames that arrived, which must be whole. */
function framesOf(session: EmulatedSession): number[] {
  const samples = session.receivedAudio()
  expect(samples.length % 320).toBe(0)
  return Array.from({ length: samples.length / 320 }, (_, index) => {
    const [value = Number.NaN, ...rest] = samples.slice(index * 320, (index + 1) * 320)
    expect(rest.every((sample) => sample === value)).toBe(true)
    return value
  })
}

const sockets: readonly (readonly [string, SocketFactory | undefined])[] = [
  ['ws', undefined],
  ["the platform's WebSocket", WebSocket],
  ['what a function makes', (url, options) => new WsSocket(url, options)],
]

describe.each(sockets)('over %s', (_, webSocket) => {
  let emulator: Emulator
  const opened: { close(): void }[] = []

  beforeEach(async () => {
    emulator = await startEmulator({ graceMs: 0 })
  })

  afterEach(async () => {
    for (const session of opened.splice(0)) session.close()
    await emulator.close()
  })

  async function restart(options: EmulatorOptions): Promise<void> {
    await emulator.close()
    emulator = await startEmulator({ graceMs: 0, ...options })
  }

  async function connect(options: Partial<ConnectLiveOptions> = {}) {
    const messages: LiveServerMessage[] = []
    const closes: { code: number; reason: string }[] = []
    const errors: unknown[] = []
    const events: ConnectLiveEvent[] = []
    const session = await connectLive({
      apiKey,
      url: emulator.url,
      model,
      config: { tools, responseModalities: ['AUDIO'] },
      ...(webSocket && { webSocket }),
      ...options,
      callbacks: {
        onmessage: (message) => void messages.push(message),
        onclose: ({ code, reason }) => void closes.push({ code, reason }),
        onerror: ({ error }) => void errors.push(error),
        ...options.callbacks,
      },
      onEvent: (event) => events.push(event),
    })
    opened.push(session)
    const [server] = emulator.sessions.slice(-1)
    if (!server) throw new Error('the emulator saw no session')
    const calledTool = (): boolean => messages.some(({ toolCall }) => toolCall)
    return { session, server, messages, closes, errors, events, calledTool }
  }

  /** A tool that takes as long as the test wants. */
  function slowTool() {
    let finish: (value: object) => void = () => {}
    const get_weather = () =>
      new Promise<object>((resolve) => {
        finish = resolve
      })
    return { tools: { get_weather }, finish: (value: object) => finish(value) }
  }

  it('is set up as the config says, and passes on every message', async () => {
    const { server, messages, session } = await connect()
    expect(server.setup).toEqual({
      model: `models/${model}`,
      tools,
      generationConfig: { responseModalities: ['AUDIO'] },
    })
    expect(messages).toEqual([{ setupComplete: {} }])
    expect(session.gate.snapshot().status).toBe('open')
    expect(server.connection).toMatchObject({ api: 'gemini', version: 'v1beta' })
  })

  it('G1, G5.1, G6.1: loses no sample and sends none while a handler runs', async () => {
    const { tools, finish } = slowTool()
    const { session, server, calledTool, messages, closes } = await connect({ tools })
    for (const value of [1, 2, 3]) session.sendRealtimeInput(frame(value))
    session.sendRealtimeInput({ text: 'What is the weather in Dublin?' })
    await until(calledTool)
    for (const value of [4, 5, 6]) expect(session.sendRealtimeInput(frame(value)).status).toBe('held')
    finish({ celsius: 12 })
    await until(() => session.gate.snapshot().status === 'open')
    session.sendRealtimeInput(frame(7))
    await until(() => messages.some(({ serverContent }) => serverContent?.generationComplete))
    expect(framesOf(server)).toEqual([1, 2, 3, 4, 5, 6, 7])
    expect(server.inputsDuringWindow).toEqual({ grace: 0, violations: 0 })
    expect(server.toolResponses).toMatchObject([
      { name: 'get_weather', response: { celsius: 12 }, idWas: 'pending' },
    ])
    expect(closes).toEqual([])
  })

  it.each<['binary' | 'text']>([['binary'], ['text']])(
    "passes on the model's audio decoded and in order, from %s frames",
    async (frames) => {
      await restart({ frames, audioMessageMs: 240, script: [{ say: 'It is noon.' }] })
      const { session, server, messages } = await connect()
      session.sendRealtimeInput({ text: 'What is the time?' })
      await until(() => messages.some(({ serverContent }) => serverContent?.turnComplete))
      const heard = messages.flatMap(({ serverContent }) =>
        (serverContent?.modelTurn?.parts ?? []).flatMap(({ inlineData }) => inlineData?.data ?? []),
      )
      const spoken = server.log.flatMap((entry) =>
        entry.kind === 'sent' && entry.message.type === 'audio' ? [entry.message.samples] : [],
      )
      expect(spoken.length).toBeGreaterThan(1)
      expect(heard.map((data) => samplesOf(data).length)).toEqual(spoken)
      expect(heard.some((data) => samplesOf(data).some((sample) => sample > 1000))).toBe(true)
    },
  )

  it("G1.1: is shut before the caller's onmessage gets the call", async () => {
    const seen: unknown[] = []
    const gate: { snapshot(): { status: string } }[] = []
    const { session } = await connect({
      callbacks: {
        onmessage: ({ toolCall }) => {
          if (toolCall) seen.push(gate[0]?.snapshot().status)
        },
      },
    })
    gate.push(session.gate)
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(() => seen.length > 0)
    expect(seen).toEqual(['shut'])
  })

  it.each<[string, string, string, 'sent' | 'held']>([
    ['gemini-2.5', model, '', 'held'],
    ['gemini-3.1', 'gemini-3.1-flash-live-preview', '', 'held'],
    ['gemini-3.8', 'gemini-3.8-live', '', 'sent'],
    ['vertex', 'projects/p/locations/l/publishers/google/models/gemini-9-live', vertexPath, 'sent'],
  ] as const)('G10: drives a turn with a call on the profile %s', async (profile, model, path, status) => {
    await restart({ profile: profile as NonNullable<EmulatorOptions['profile']> })
    const { tools, finish } = slowTool()
    const { session, server, calledTool, messages, closes } = await connect({
      model,
      tools,
      url: emulator.url + path,
    })
    session.sendRealtimeInput(frame(1))
    session.sendRealtimeInput({ text: 'What is the weather in Dublin?' })
    await until(calledTool)
    expect(session.sendRealtimeInput(frame(2)).status).toBe(status)
    finish({ celsius: 12 })
    await until(() => server.toolResponses.length === 1)
    await until(() => framesOf(server).length === 2)
    await until(() => messages.some(({ serverContent }) => serverContent?.modelTurn))
    expect(server.toolResponses).toMatchObject([{ response: { celsius: 12 }, idWas: 'pending' }])
    expect(server.connection.api).toBe(path ? 'vertex' : 'gemini')
    expect(closes).toEqual([])
  })

  it('G2, G8: opens when the last call is answered by hand, and fills in names', async () => {
    const calls = [
      { name: 'get_weather', id: 'a' },
      { name: 'get_time', id: 'b' },
    ]
    await restart({ script: [{ call: calls }] })
    const { session, server, calledTool } = await connect()
    session.sendRealtimeInput({ text: 'What is the weather, and what is the time?' })
    await until(calledTool)
    session.sendRealtimeInput({ text: 'and tomorrow?' })
    session.sendToolResponse({ functionResponses: [{ id: 'b', response: { time: 'noon' } }] })
    expect(session.gate.snapshot().holds).toEqual([{ name: 'tool-call', id: 'a' }])
    session.sendToolResponse({ functionResponses: { id: 'a', response: { celsius: 12 } } })
    expect(session.gate.snapshot().status).toBe('open')
    await until(() => server.receivedSignals().length === 2)
    expect(server.toolResponses.map(({ id, name }) => ({ id, name }))).toEqual([
      { id: 'b', name: 'get_time' },
      { id: 'a', name: 'get_weather' },
    ])
    expect(server.inputsDuringWindow).toEqual({ grace: 0, violations: 0 })
  })

  it('sends client content and context updates even while a call is pending', async () => {
    const { session, server, calledTool } = await connect()
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    session.sendRealtimeInput({ text: 'waits' })
    session.sendClientContent({ turns: 'In Dublin.', turnComplete: false })
    session.sendContextUpdate({ systemInstruction: 'Be brief.' })
    const id = String(session.calls.pending[0]?.id)
    session.sendToolResponse({ functionResponses: { id, response: {} } })
    await until(() => server.receivedSignals().length === 2)
    const received = server.log.flatMap((entry) => (entry.kind === 'received' ? [entry.message] : []))
    expect(received.map(({ type }) => type)).toEqual([
      'setup',
      'realtimeInput',
      'clientContent',
      'contextUpdate',
      'toolResponse',
      'realtimeInput',
    ])
    expect(received[2]).toMatchObject({ text: 'In Dublin.', turnComplete: false })
  })

  it('G4: keeps the brackets of push-to-talk through the call', async () => {
    const { tools: handlers, finish } = slowTool()
    const { session, server, calledTool } = await connect({
      tools: handlers,
      config: { tools, realtimeInputConfig: { automaticActivityDetection: { disabled: true } } },
    })
    const turn = (value: number) => [{ activityStart: {} }, frame(value), { activityEnd: {} }]
    for (const input of turn(1)) session.sendRealtimeInput(input)
    await until(calledTool)
    for (const input of [...turn(2), ...turn(3).slice(0, 2)]) session.sendRealtimeInput(input)
    expect(server.brackets).toMatchObject({ starts: 1, ends: 1, open: false })
    finish({ celsius: 12 })
    await until(() => session.gate.snapshot().status === 'open')
    session.sendRealtimeInput({ activityEnd: {} })
    await until(() => server.brackets.ends === 3)
    expect(server.brackets).toEqual({ starts: 3, ends: 3, open: false, balanced: true })
    expect(server.turns.map(({ samples }) => samples)).toEqual([320, 320, 320])
    expect(server.log.filter(({ kind }) => kind === 'violation')).toEqual([])
  })

  it('sends input in the window if the policy says so; the 2.5 profile then closes, with its reason', async () => {
    const { session, calledTool, closes, events } = await connect({ policy: passInput() })
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    expect(session.sendRealtimeInput(frame(1))).toEqual({ status: 'sent' })
    await until(() => closes.length === 1)
    expect(closes).toEqual([{ code: 1008, reason: unimplemented }])
    expect(events.at(-1)).toMatchObject({
      type: 'session-closed',
      report: { epoch: 1, code: 1008, reason: unimplemented, pending: [{ name: 'get_weather' }] },
    })
  })

  it('G3, G5: settles everything when the socket is gone, and drops or refuses later input', async () => {
    const clock = new ManualClock()
    const { session, server, calledTool, closes } = await connect({ clock, tools: slowTool().tools })
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    session.sendRealtimeInput(frame(1))
    server.drop()
    await until(() => closes.length === 1)
    expect(closes[0]?.code).toBe(1006)
    expect(session.sendRealtimeInput(frame(2))).toEqual({ status: 'dropped', reason: 'closed' })
    expect(session.calls.snapshot()).toMatchObject({ pending: [], settled: { lost: 1 } })
    expect(() => session.sendClientContent({ turns: 'too late' })).toThrow(
      'session must be open to send clientContent',
    )
    expect(clock.pendingTimers).toBe(0)
  })

  it('closes once, after what was sent before, and leaves no timer', async () => {
    const clock = new ManualClock()
    // More than the platform's socket has sent when it is closed.
    const { session, server, closes } = await connect({ clock, maxBufferedBytes: Number.POSITIVE_INFINITY })
    const values = Array.from({ length: 500 }, (_, value) => value)
    for (const value of values) session.sendRealtimeInput(frame(value))
    session.close()
    session.close()
    expect(clock.pendingTimers).toBeLessThanOrEqual(1)
    await until(() => closes.length > 0)
    await settled()
    expect(framesOf(server)).toEqual(values)
    expect(server.closed).toMatchObject({ by: 'client', code: 1000 })
    expect(closes.length).toBe(1)
    expect(clock.pendingTimers).toBe(0)
  })

  it('passes on nothing that comes after its close, such as a call that nobody could answer any more', async () => {
    const received: LiveServerMessage[] = []
    const { session, server, errors, closes } = await connect({
      callbacks: {
        onmessage: (message) => {
          received.push(message)
          for (const { id } of message.toolCall?.functionCalls ?? []) {
            session.sendToolResponse({ functionResponses: { ...(id && { id }), response: {} } })
          }
        },
      },
    })
    server.callTools([{ name: 'get_weather' }])
    server.sendText('{"somethingNew')
    session.close()
    await until(() => closes.length > 0)
    expect({ received, errors }).toEqual({ received: [{ setupComplete: {} }], errors: [] })
  })

  it('G12.1: ignores a frame that it cannot read, and reports it without its content', async () => {
    const { session, server, events, errors, messages } = await connect()
    server.sendText('{"serverContent": "my secret')
    server.sendText('null')
    server.sendText('{"serverContent":{"modelTurn":{"parts":[{"inlineData":{"data":"my secret"}}]}}}')
    server.sendText('{"somethingNew": {"x": 1}}')
    await until(() => messages.some((message) => 'somethingNew' in message))
    expect(events.filter(({ type }) => type === 'malformed-frame')).toEqual([
      { type: 'malformed-frame', problem: 'it is not JSON' },
      { type: 'malformed-frame', problem: 'it is not an object' },
      { type: 'malformed-frame', problem: 'its inlineData is not base64' },
    ])
    expect(errors.map(String)).toEqual([
      'Error: ignored a frame: it is not JSON',
      'Error: ignored a frame: it is not an object',
      'Error: ignored a frame: its inlineData is not base64',
    ])
    expect(session.sendRealtimeInput({ text: 'still here' })).toEqual({ status: 'sent' })
    await until(() => server.receivedSignals().length === 1)
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('bug in the callback')
      },
    ],
    ['rejects', () => Promise.reject(new Error('bug in the callback'))],
  ])('G3.8: goes on when an onmessage %s, and reports it', async (_how, onmessage) => {
    const { session, server, events, errors } = await connect({
      tools: { get_weather: () => ({ celsius: 12 }) },
      callbacks: { onmessage: ({ toolCall }) => (toolCall ? (onmessage() as undefined) : undefined) },
    })
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(() => server.toolResponses.length === 1 && errors.length === 1)
    expect(events).toContainEqual({ type: 'callback-failed', error: new Error('bug in the callback') })
    expect(errors).toEqual([new Error('bug in the callback')])
    expect(session.gate.snapshot().status).toBe('open')
  })

  it('reports a callback that throws to the console, if there is no onerror', async () => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => told.mockRestore())
    const error = new Error('bug in the callback')
    const fail = (): void => {
      throw error
    }
    const session = await connectLive({
      apiKey,
      url: emulator.url,
      model,
      ...(webSocket && { webSocket }),
      // A promise that resolves is no failure.
      callbacks: { onopen: fail, onmessage: async () => {}, onclose: fail },
    })
    session.close()
    await until(() => told.mock.calls.length > 1)
    expect(told.mock.calls).toEqual([[error], [error]])
  })

  it('tells onerror even of what cannot be converted to a string', async () => {
    const error: unknown = Object.create(null)
    const told: unknown[] = []
    const session = await connectLive({
      apiKey,
      url: emulator.url,
      model,
      ...(webSocket && { webSocket }),
      callbacks: {
        onopen: () => {
          throw error
        },
        onerror: (event) => void told.push(event),
      },
    })
    session.close()
    expect(told).toEqual([{ error, message: 'it failed' }])
  })

  it('G3.8: prints what onEvent and onerror throw, and goes on', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => printed.mockRestore())
    const fail = (what: string) => (): void => {
      throw what
    }
    const session = await connectLive({
      apiKey,
      url: emulator.url,
      model,
      ...(webSocket && { webSocket }),
      onEvent: ({ type }) => fail(type)(),
      callbacks: { onopen: fail('onopen'), onerror: fail('onerror') },
    })
    session.close()
    await settled()
    expect(printed.mock.calls.flat()).toEqual([
      'callback-failed',
      'onerror',
      'setup-complete',
      'gate-opened',
      'session-closed',
    ])
  })

  it.each<[string, object, string]>([
    ['two kinds', { text: 'a', activityEnd: {} }, 'input'],
    ['audio that is not PCM', { audio: { data: 'AAAA', mimeType: 'audio/mp3' } }, 'audio.mimeType'],
    ['floating samples', { audio: new Float32Array(4) }, 'audio.data'],
  ])('refuses an input with %s before anything is sent, and goes on', async (_what, input, field) => {
    const { session, server } = await connect()
    let refusal: unknown
    try {
      session.sendRealtimeInput(input as LiveInput)
    } catch (error) {
      refusal = error
    }
    expect(isLivegateError(refusal) && refusal.field).toBe(field)
    session.sendRealtimeInput({ text: 'goes on' })
    await until(() => server.receivedSignals().length === 1)
    expect(server.log.filter(({ kind }) => kind === 'received').length).toBe(2)
  })

  it.each([
    ['samples', 'Int16Array.of(1, 2)'],
    ['bytes', 'Uint8Array.of(9, 1, 0, 2, 0).subarray(1)'],
  ])('takes %s of another realm, as those of a worker are in Jest', async (_what, code) => {
    const { session, server } = await connect()
    session.sendRealtimeInput({ audio: runInNewContext(code) })
    await until(() => server.receivedAudio().length > 0)
    expect([...server.receivedAudio()]).toEqual([1, 2])
  })

  it("takes a config whose type is an interface, as the SDK's is", async () => {
    interface SdkConfig {
      readonly responseModalities?: string[]
      readonly temperature?: number
    }
    const config: SdkConfig = { temperature: 0.5 }
    const { server } = await connect({ config })
    expect(server.setup).toMatchObject({ generationConfig: { temperature: 0.5 } })
  })

  it('sends headers, and shows the token in them to nobody else', async () => {
    const token = 'token-that-nobody-may-see'
    const { server, closes } = await connect({
      url: emulator.url + vertexPath,
      headers: { authorization: `Bearer ${token}` },
    })
    expect(server.connection).toMatchObject({ api: 'vertex', credential: 'bearer' })
    server.close(1008, `${token} was reported as leaked`)
    await until(() => closes.length === 1)
    expect(closes).toEqual([{ code: 1008, reason: '… was reported as leaked' }])
  })

  it('shows the key in no event, snapshot, error or report', async () => {
    const { session, server, events, errors, closes, calledTool } = await connect()
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    server.sendText('no JSON')
    await until(() => errors.length === 1)
    server.close(1008, `API key ${apiKey} was reported as leaked`)
    await until(() => closes.length === 1)
    const shown = JSON.stringify([events, errors.map(String), session.snapshot()])
    expect(shown).toContain('malformed-frame')
    expect(shown).not.toContain(apiKey)
  })

  describe('a connection that fails', () => {
    it('says how the server refused it, and leaves no timer', async () => {
      emulator.injectNext({ fault: 'refuse', status: 429 })
      const clock = new ManualClock()
      await expect(connect({ clock })).rejects.toThrow(
        /^connection must be open until it is set up \(1006: .*\); got/,
      )
      expect(clock.pendingTimers).toBe(0)
    })

    it.each([
      // Nothing listens on either port; a platform with the web's rules refuses port 1 without trying.
      ['is there', 1],
      ['listens', 2],
    ])('says at once that nobody %s, and not with which key it came', async (_, port) => {
      const clock = new ManualClock()
      const error = await connect({ url: `http://127.0.0.1:${port}`, clock }).catch((each) => each)
      expect(error).toMatchObject({ code: 'closed' })
      expect(`${error.message}${error.stack}`).not.toContain(apiKey)
      expect(clock.pendingTimers).toBe(0)
    })

    it('sets no timer if nothing has a deadline', async () => {
      const forever = Number.POSITIVE_INFINITY
      const delays: number[] = []
      const clock = {
        now: () => 0,
        setTimer: (delayMs: number) => {
          delays.push(delayMs)
          return () => {}
        },
      }
      const { session } = await connect({
        clock,
        deadlines: { connectMs: forever, setupMs: forever, silenceMs: forever },
      })
      expect(delays).toEqual([])
      session.close()
      // The answer to a close always has a limit.
      expect(delays).toEqual([30_000])
    })

    it.each<[number, string, string]>([
      [1007, 'API key not valid.', 'API key not valid.'],
      [1011, '', 'no reason'],
    ])('says how the server closed before it was set up: %i "%s"', async (code, reason, told) => {
      emulator.injectNext({ fault: 'close', code, reason })
      await expect(connect()).rejects.toThrow(`(${code}: ${told})`)
    })

    it('G3.6: does not wait forever for a server that never accepts the setup', async () => {
      emulator.injectNext({ fault: 'silence' })
      const clock = new ManualClock()
      const connecting = connect({ clock, deadlines: { setupMs: 5000 } })
      connecting.catch(() => {})
      await until(() => emulator.sessions[0]?.setup !== undefined)
      clock.advance(5000)
      await expect(connecting).rejects.toThrow('(closed from here: no setupComplete within 5 s)')
      await until(() => emulator.sessions[0]?.closed !== undefined)
      expect(clock.pendingTimers).toBe(0)
    })

    it('is not opened if its signal is aborted before', async () => {
      const reason = new Error('never mind')
      const webSocket = vi.fn<() => WsSocket>()
      await expect(connect({ signal: AbortSignal.abort(reason), webSocket })).rejects.toBe(reason)
      expect(webSocket).not.toHaveBeenCalled()
    })

    it('is not set up if its signal is aborted at once, as while `ws` is loaded', async () => {
      const controller = new AbortController()
      const connecting = connect({ signal: controller.signal })
      controller.abort(new Error('never mind'))
      await expect(connecting).rejects.toThrow('never mind')
    })

    it('is closed if its signal is aborted meanwhile', async () => {
      emulator.injectNext({ fault: 'silence' })
      const clock = new ManualClock()
      const controller = new AbortController()
      const connecting = connect({ clock, signal: controller.signal })
      connecting.catch(() => {})
      await until(() => emulator.sessions[0]?.setup !== undefined)
      controller.abort(new Error('never mind'))
      await expect(connecting).rejects.toThrow('never mind')
      await until(() => emulator.sessions[0]?.closed !== undefined)
      await until(() => clock.pendingTimers === 0)
    })
  })

  it('does not wait forever for a server that does not answer the handshake', async () => {
    const silent = createServer(() => {})
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const { port } = silent.address() as AddressInfo
    const clock = new ManualClock()
    const connecting = connect({ clock, url: `http://127.0.0.1:${port}` })
    connecting.catch(() => {})
    await until(() => clock.pendingTimers === 2)
    clock.advance(10_000)
    await expect(connecting).rejects.toThrow('(closed from here: no connection within 10 s)')
    expect(clock.pendingTimers).toBe(0)
    silent.close()
  })

  it.each([
    { code: 1008, reason: unimplemented },
    { code: 1000, reason: '' },
  ])('ends 1 s after it notices that the server has closed, even if TCP stays open: $code', async (close) => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    server.on('connection', (peer, { socket }) => {
      peer.once('message', () => {
        peer.send('{"setupComplete":{}}')
        peer.close(close.code, close.reason)
        // So that it never reads the answer to its close frame, and waits for it.
        socket.pause()
      })
    })
    const clock = new ManualClock()
    const closes: object[] = []
    const session = await connectLive({
      url: `http://127.0.0.1:${port}`,
      model,
      clock,
      ...(webSocket && { webSocket }),
      callbacks: { onclose: (close) => void closes.push(close) },
    })
    await until(() => session.sendRealtimeInput(frame(1)).status !== 'sent')
    for (let sends = 0; sends < 50; sends++) {
      expect(session.sendRealtimeInput(frame(1))).toEqual({ status: 'dropped', reason: 'failed' })
      clock.advance(20)
    }
    await until(() => closes.length > 0)
    // The platform's socket cannot be terminated, and does not say yet what was in the close frame.
    const unsaid = { code: 1006, reason: '' }
    expect(closes).toEqual([webSocket === WebSocket ? unsaid : close])
    expect(session.snapshot().status).toBe('closed')
    expect(clock.pendingTimers).toBe(0)
    for (const peer of server.clients) peer.terminate()
    server.close()
  })

  it('ends when its signal is aborted later', async () => {
    const controller = new AbortController()
    const { closes, session } = await connect({ signal: controller.signal })
    expect(getEventListeners(controller.signal, 'abort').length).toBe(1)
    controller.abort()
    expect(session.snapshot().status).toBe('closed')
    await until(() => closes.length === 1)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })
})

/** A socket that is controlled by the test, and records what it is given. Its prototype has no `send`, by which to tell a class. */
class ScriptedSocket implements Socket {
  binaryType = 'blob'
  readyState = 0
  bufferedAmount = 0
  onopen: Socket['onopen'] = null
  onmessage: Socket['onmessage'] = null
  onerror: Socket['onerror'] = null
  onclose: Socket['onclose'] = null
  readonly frames: string[] = []

  send = (frame: string): void => void this.frames.push(frame)

  close(): void {
    this.frames.push('close')
  }

  tell(what: 'onopen' | 'onmessage' | 'onerror' | 'onclose', event: object = {}): void {
    this.readyState = what === 'onopen' ? 1 : what === 'onmessage' ? this.readyState : 3
    this[what]?.(event as never)
  }
}

const recordingClass = (made: unknown[]): SocketFactory =>
  class extends ScriptedSocket {
    constructor(url: string, options?: never) {
      super()
      made.push([url, options])
    }
  }

const recordingFunction =
  (made: unknown[]): SocketFactory =>
  (url, options) => {
    made.push([url, options])
    return new ScriptedSocket()
  }

describe('a socket of any kind', () => {
  async function connect() {
    const socket = new ScriptedSocket()
    const clock = new ManualClock()
    const told: unknown[] = []
    const connecting = connectLive({
      apiKey,
      model,
      clock,
      webSocket: () => socket,
      callbacks: {
        onopen: () => void told.push('open'),
        onmessage: (message) => void told.push(message),
        onerror: ({ error, message }) => void told.push([String(error), message]),
        onclose: (close) => void told.push(close),
      },
    })
    connecting.catch(() => {})
    await settled()
    return { socket, clock, told, connecting }
  }

  it.each<[string, (made: unknown[]) => SocketFactory, SocketHeaders | undefined, unknown]>([
    // In a browser, anything but `undefined` would be a subprotocol.
    ['a class, without headers', recordingClass, undefined, undefined],
    ['a class, with headers', recordingClass, { a: 'b' }, { headers: { a: 'b' } }],
    ['a function, without headers', recordingFunction, undefined, {}],
    ['a function, with headers', recordingFunction, { a: 'b' }, { headers: { a: 'b' } }],
  ])('is made by %s', async (_how, make, headers, given) => {
    const made: unknown[] = []
    const options = { url: 'ws://127.0.0.1:1/path', model, clock: new ManualClock() }
    connectLive({ ...options, ...(headers && { headers }), webSocket: make(made) }).catch(() => {})
    await settled()
    expect(made).toStrictEqual([['ws://127.0.0.1:1/path', given]])
  })

  it.each([
    ['blob', 'arraybuffer'],
    // `ws` gives views; for an ArrayBuffer it would have to copy.
    ['nodebuffer', 'nodebuffer'],
  ])('gives bytes, not Blobs: the binaryType %s becomes %s', async (binaryType, expected) => {
    const socket = Object.assign(new ScriptedSocket(), { binaryType })
    connectLive({ apiKey, model, clock: new ManualClock(), webSocket: () => socket }).catch(() => {})
    await settled()
    expect(socket.binaryType).toBe(expected)
  })

  it('tells the session first: in onopen the setup has left, in onclose the session is closed', async () => {
    const socket = new ScriptedSocket()
    const seen: unknown[] = []
    const connecting = connectLive({
      apiKey,
      model,
      clock: new ManualClock(),
      webSocket: () => socket,
      callbacks: {
        onopen: () => void seen.push(socket.frames.length),
        onclose: () => void seen.push(session.snapshot().status),
      },
    })
    await settled()
    socket.tell('onopen')
    socket.tell('onmessage', { data: '{"setupComplete":{}}' })
    const session = await connecting
    socket.tell('onclose', { code: 1000, reason: '' })
    expect(seen).toEqual([1, 'closed'])
  })

  it('hides its own key at its end, although the options have that of the next session by then', async () => {
    const socket = new ScriptedSocket()
    const closes: object[] = []
    const options = {
      apiKey: 'the-first-key',
      model,
      webSocket: () => socket,
      callbacks: { onclose: (close: object) => void closes.push(close) },
    }
    const connecting = connectLive(options)
    options.apiKey = 'the-second-key'
    await settled()
    socket.tell('onclose', { code: 1008, reason: 'the-first-key is not valid' })
    expect(closes).toEqual([{ code: 1008, reason: '… is not valid' }])
    await expect(connecting).rejects.toThrow('(1008: … is not valid)')
  })

  it.each<[string, object]>([
    ['options', { callbacks: null, deadlines: null, signal: null, onEvent: null, headers: null }],
    ['each callback', { callbacks: { onopen: null, onmessage: null, onerror: null, onclose: null } }],
  ])('takes null for %s as none, and prints nothing', async (_what, absent) => {
    const told = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => told.mockRestore())
    const socket = new ScriptedSocket()
    const connecting = connectLive({ apiKey, model, webSocket: () => socket, ...absent })
    await settled()
    socket.tell('onopen')
    socket.tell('onmessage', { data: '{"setupComplete":{}}' })
    await connecting
    socket.tell('onerror', { message: 'the network is gone' })
    expect(told.mock.calls).toEqual([])
  })

  it('has its events passed on in order, and is not asked for what it cannot do', async () => {
    const { socket, clock, told, connecting } = await connect()
    expect(socket.binaryType).toBe('arraybuffer')
    socket.tell('onopen')
    expect(socket.frames).toEqual([`{"setup":{"model":"models/${model}"}}`])
    socket.tell('onmessage', { data: '{"setupComplete":{}}' })
    const session = await connecting
    // It cannot ping, so nothing waits to do so.
    expect(clock.pendingTimers).toBe(0)
    socket.bufferedAmount = 7
    expect(session.snapshot().bufferedAmount).toBe(7)
    socket.tell('onclose', { code: 1011, reason: 'Internal error occurred.' })
    expect(told).toEqual(['open', { setupComplete: {} }, { code: 1011, reason: 'Internal error occurred.' }])
  })

  it('gets no frame once it is closing, and the caller is told', async () => {
    const { socket, clock, connecting } = await connect()
    socket.tell('onopen')
    socket.tell('onmessage', { data: '{"setupComplete":{}}' })
    const session = await connecting
    socket.readyState = 2
    const closed = 'connection must be open to send'
    expect(() => session.sendClientContent({ turns: 'late' })).toThrow(
      `${closed} clientContent; got "closed"`,
    )
    // A verdict, not an error: a microphone sends fifty times a second, and an error could end the process.
    expect(session.sendRealtimeInput({ text: 'late' })).toEqual({ status: 'dropped', reason: 'failed' })
    expect(session.gate.snapshot().counters.text.dropped).toEqual({ failed: 1 })
    expect(socket.frames.length).toBe(1)
    // Of the limits on its end, the one that was set first stays the only one.
    session.close()
    expect(clock.pendingTimers).toBe(1)
    socket.tell('onclose', { code: 1000, reason: '' })
    expect(clock.pendingTimers).toBe(0)
  })

  it('is given up if its end does not come within 30 s of its close, as from a server that reads nothing', async () => {
    const { socket, clock, told, connecting } = await connect()
    socket.tell('onopen')
    socket.tell('onmessage', { data: '{"setupComplete":{}}' })
    const session = await connecting
    session.close()
    clock.advance(29_999)
    expect(told.slice(2)).toEqual([])
    clock.advance(1)
    expect(told.slice(2)).toEqual([{ code: 1006, reason: '' }])
    expect(clock.pendingTimers).toBe(0)
    // It may still be heard of.
    socket.tell('onmessage', { data: '{"serverContent":{}}' })
    socket.tell('onclose', { code: 1000, reason: '' })
    expect(told.length).toBe(3)
  })

  it.each<[string, (socket: ScriptedSocket) => { readonly members: object; readonly answer: () => void }]>([
    [
      "pongs come, even if only addEventListener tells of them, as Bun's does",
      () => {
        const listeners = new Map<string, () => void>()
        const addEventListener = (event: string, listener: () => void) => void listeners.set(event, listener)
        return { members: { addEventListener }, answer: () => listeners.get('pong')?.() }
      },
    ],
    [
      'messages come, even if nothing tells of pongs',
      (socket) => ({
        members: {},
        answer: () => socket.tell('onmessage', { data: '{"serverContent":{}}' }),
      }),
    ],
  ])('is kept as long as %s', async (_, make) => {
    const told: string[] = []
    const socket = new ScriptedSocket()
    const { members, answer } = make(socket)
    Object.assign(socket, members, { ping: () => void told.push('ping') })
    const clock = new ManualClock()
    const callbacks = { onclose: ({ reason }: { reason: string }) => void told.push(reason) }
    const connecting = connectLive({ apiKey, model, clock, webSocket: () => socket, callbacks })
    await settled()
    socket.tell('onopen')
    socket.tell('onmessage', { data: '{"setupComplete":{}}' })
    await connecting
    for (let quarters = 0; quarters < 8; quarters++) {
      clock.advance(30_000)
      answer()
    }
    expect(told).toEqual([])
    clock.advance(150_000)
    expect(told).toEqual(['ping', 'ping', 'ping', 'nothing came from the server for 120 s'])
    expect(clock.pendingTimers).toBe(0)
  })

  it('may end as soon as it is closed, and leaves no timer then', async () => {
    const { socket, clock, told, connecting } = await connect()
    socket.tell('onopen')
    socket.tell('onmessage', { data: '{"setupComplete":{}}' })
    const session = await connecting
    socket.close = () => socket.tell('onclose', { code: 1000, reason: '' })
    session.close()
    expect(told.slice(2)).toEqual([{ code: 1000, reason: '' }])
    expect(clock.pendingTimers).toBe(0)
  })

  it('gives its error as the reason, without the key, if the close has none', async () => {
    const { socket, told, connecting } = await connect()
    socket.tell('onerror', { message: `connect to wss://host/?key=${apiKey} failed for ${apiKey}` })
    socket.tell('onclose', { code: 1006, reason: '' })
    const reason = 'connect to wss://host/?key=… failed for …'
    await expect(connecting).rejects.toThrow(`(1006: ${reason})`)
    expect(told).toEqual([[`Error: ${reason}`, reason], { code: 1006, reason }])
  })

  it('is closed if it does not open in time, and its end has the same reason', async () => {
    const { socket, clock, told, connecting } = await connect()
    clock.advance(10_000)
    await expect(connecting).rejects.toThrow('(closed from here: no connection within 10 s)')
    expect(socket.frames).toEqual(['close'])
    expect(clock.pendingTimers).toBe(0)
    const message = 'WebSocket was closed before the connection was established'
    socket.tell('onerror', { message })
    socket.tell('onclose', { code: 1006, reason: '' })
    const end = { code: 1006, reason: 'no connection within 10 s' }
    expect(told).toEqual([[`Error: ${message}`, message], end])
  })

  it.each<[string, string, string]>([
    ['the same reason', '', 'no setupComplete within 30 s'],
    ["the server's reason, if there is one", 'Internal error occurred.', 'Internal error occurred.'],
  ])('is closed if it is not set up in time, and its end has %s', async (_what, given, reason) => {
    const { socket, clock, told, connecting } = await connect()
    socket.tell('onopen')
    clock.advance(30_000)
    await expect(connecting).rejects.toThrow('(closed from here: no setupComplete within 30 s)')
    socket.tell('onclose', { code: 1000, reason: given })
    expect(told).toEqual(['open', { code: 1000, reason }])
  })

  it('is over if it fails to open without a close event, as in Node 22', async () => {
    const { socket, clock, told, connecting } = await connect()
    const message = 'Received network error or non-101 status code.'
    socket.onerror?.({ message } as never)
    await expect(connecting).rejects.toThrow(`(1006: ${message})`)
    // A second error if it was closed while it opened.
    socket.onerror?.({ message } as never)
    expect(told).toEqual([[`Error: ${message}`, message], { code: 1006, reason: message }])
    expect(clock.pendingTimers).toBe(0)
  })

  it('ends the session when it fails, and its end is reported once', async () => {
    const { socket, told, connecting } = await connect()
    socket.tell('onopen')
    socket.tell('onmessage', { data: '{"setupComplete":{}}' })
    const session = await connecting
    const message = 'Invalid WebSocket frame: RSV1 must be clear'
    socket.tell('onerror', { message })
    expect(session.snapshot().status).toBe('closed')
    // Its last messages may still come, and `ws` may emit its end 30 s later.
    socket.tell('onmessage', { data: '{"serverContent":{}}' })
    socket.tell('onclose', { code: 1002, reason: '' })
    expect(told.slice(2)).toEqual([[`Error: ${message}`, message], { code: 1006, reason: message }])
  })

  it('G3.8: ends the session when it fails, even if onerror throws', async () => {
    const printed = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => printed.mockRestore())
    const socket = new ScriptedSocket()
    const closes: object[] = []
    const onerror = (): void => {
      throw 'onerror'
    }
    const callbacks = { onerror, onclose: (close: object) => void closes.push(close) }
    const connecting = connectLive({ apiKey, model, webSocket: () => socket, callbacks })
    connecting.catch(() => {})
    await settled()
    socket.tell('onerror', { message: 'reset' })
    expect(closes).toEqual([{ code: 1006, reason: 'reset' }])
    await expect(connecting).rejects.toThrow('(1006: reset)')
  })

  it.each<[string, object]>([
    ['no', {}],
    // As the platform's of Node 24.
    ['an empty', { message: '' }],
  ])('is reported with a message even if it fails with %s message', async (_what, event) => {
    const { socket, told, connecting } = await connect()
    socket.tell('onerror', event)
    socket.tell('onclose', { code: 1006, reason: '' })
    const reason = 'the connection failed'
    await expect(connecting).rejects.toThrow(`(1006: ${reason})`)
    expect(told).toEqual([[`Error: ${reason}`, reason], { code: 1006, reason }])
  })

  it('G12.1: may deliver something that is not a frame', async () => {
    const { socket, told, connecting } = await connect()
    socket.tell('onopen')
    socket.tell('onmessage', { data: '{"setupComplete":{}}' })
    await connecting
    socket.tell('onmessage', { data: new Blob(['my secret']) })
    expect(told.at(-1)).toEqual([
      'Error: ignored a frame: it is neither text nor bytes',
      'ignored a frame: it is neither text nor bytes',
    ])
  })
})

it('asks for no compression, which costs more than it saves on audio', async () => {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  const connecting = connectLive({ url: `http://127.0.0.1:${port}`, model })
  const [socket] = await once(server, 'connection')
  const [request] = await once(socket, 'data')
  socket.destroy()
  await expect(connecting).rejects.toThrow('1006')
  expect(String(request)).toMatch(/^GET .*sec-websocket-version: 13/is)
  expect(String(request)).not.toMatch(/sec-websocket-extensions/i)
})

it('ends at a frame of more than 16 MiB, which could take all memory to read', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  server.on('connection', (peer) => {
    peer.once('message', () => {
      peer.send(new Uint8Array(2 ** 24))
      peer.send(new Uint8Array(2 ** 24 + 1))
    })
  })
  const errors: string[] = []
  const callbacks: LiveCallbacks = { onerror: ({ message }) => void errors.push(message) }
  const connecting = connectLive({ url: `http://127.0.0.1:${port}`, model, callbacks })
  await expect(connecting).rejects.toThrow('(1006: Max payload size exceeded)')
  expect(errors).toEqual(['ignored a frame: it is not JSON', 'Max payload size exceeded'])
})

describe('a socket that cannot be made', () => {
  it('is reported without the key that is in its address', async () => {
    const webSocket: SocketFactory = (url) => {
      throw new SyntaxError(`Invalid URL: ${url}`)
    }
    const error = await connectLive({ apiKey, model, webSocket }).catch((each) => each)
    expect(error.message).toMatch(
      /^connection must be open until it is set up \(Invalid URL: wss:.*key=…\); got/,
    )
    expect(`${error.message}${error.stack}`).not.toContain(apiKey)
  })

  it.each<[string, Partial<ConnectLiveOptions>, string]>([
    ['no model', { model: '' }, 'model must be the name of a model'],
    ['an undeclared tool', { tools: { get_wether: () => 1 } }, 'tools.get_wether must be a declared tool'],
    ['an invalid policy', { policy: { ...passInput(), video: 'keep' as never } }, 'policy.video must be'],
    ['an invalid time', { deadlines: { connectMs: -1 } }, 'deadlines.connectMs must be above 0'],
    ['an invalid limit', { deadlines: { silenceMs: 0 } }, 'deadlines.silenceMs must be above 0'],
    ['an invalid address', { url: 'nowhere' }, 'url must be an address'],
    ['a misspelt option', { polcy: passInput() } as never, 'polcy must be left out'],
    ['a misspelt deadline', { deadlines: { conectMs: 1 } as never }, 'deadlines.conectMs must be left out'],
    ['a time for all deadlines', { deadlines: 5000 as never }, 'deadlines must be an object'],
    [
      'a misspelt callback',
      { callbacks: { onMessage: () => {} } as never },
      'callbacks.onMessage must be left out: there is no such option here',
    ],
    [
      'a callback that is no function',
      { callbacks: { onclose: 5 as never } },
      'callbacks.onclose must be a function; got "5"',
    ],
    [
      'a callback that is false',
      { callbacks: { onclose: false as never } },
      'callbacks.onclose must be a function; got "false"',
    ],
    ['tools that are no list', { config: { tools: {} as never } }, 'config.tools must be a list'],
    ["an option of the SDK's own", { config: { httpOptions: {} } }, 'config.httpOptions must be left out'],
    [
      'a Headers',
      { headers: new Headers({ a: 'secret' }) as never },
      'headers must be a plain object; got "…"',
    ],
    ['a bare header', { headers: 'secret' as never }, 'headers must be a plain object; got "…"'],
    [
      'a setup in snake_case',
      { config: { response_modalities: ['AUDIO'] } },
      'response_modalities must be camelCase',
    ],
    ['an onEvent that is not a function', { onEvent: 'x' as never }, 'onEvent must be a function; got "x"'],
    ['an onEvent that is false', { onEvent: false as never }, 'onEvent must be a function; got "false"'],
    [
      'a controller in place of its signal',
      { signal: new AbortController() as never },
      'signal must be an AbortSignal; got "[object AbortController]"',
    ],
    ['a signal that is none', { signal: false as never }, 'signal must be an AbortSignal; got "false"'],
  ])('is not even tried with %s', async (_what, options, message) => {
    const webSocket = vi.fn<() => WsSocket>()
    const connecting = connectLive({ apiKey, model, config: { tools }, webSocket, ...options })
    await expect(connecting).rejects.toThrow(message)
    expect(webSocket).not.toHaveBeenCalled()
  })

  it.each<[string, unknown]>([
    ['a socket', new ScriptedSocket()],
    ['a name', 'ws'],
  ])(
    'is reported by the name of the option if that holds %s, not a class or a function',
    async (_, given) => {
      const webSocket = given as never
      await expect(connectLive({ url: 'ws://127.0.0.1:1', model, webSocket })).rejects.toThrow(
        '(webSocket is not a function)',
      )
    },
  )

  it.each<[string, () => unknown]>([
    ['an async function makes it', async () => ({})],
    ['a function forgets to return it', () => {}],
  ])('is reported at once if %s', async (_, make) => {
    const webSocket = make as never
    const connecting = connectLive({ url: 'ws://127.0.0.1:1', model, webSocket })
    await expect(connecting).rejects.toThrow('(webSocket gave no socket)')
  })

  it('is reported without the token that is in its headers, which some platforms quote', async () => {
    const { url, headers } = vertexEndpoint({ model, project: 'p', accessToken: 'ya29.secret\nof two lines' })
    const webSocket = globalThis.WebSocket as SocketFactory
    const error = await connectLive({ url, headers, model, webSocket }).catch((each) => each)
    expect(error.message).toContain('Bearer …')
    expect(`${error.message}${error.stack}`).not.toContain('ya29.secret')
  })
})

describe('a server that is silent', () => {
  let emulator: Emulator
  const clock = new ManualClock()

  afterEach(() => emulator.close())

  it('is pinged, and kept as long as it answers', async () => {
    emulator = await startEmulator()
    const pings: string[] = []
    const session = await connectLive({
      url: emulator.url,
      model,
      clock,
      webSocket: (url) => {
        const socket = new WsSocket(url)
        const ping = socket.ping.bind(socket)
        socket.ping = () => ping(pings.push('ping') && 'x')
        socket.on('pong', () => pings.push('pong'))
        return socket
      },
    })
    // The quarter in which setupComplete came does not count as silent.
    clock.advance(30_000)
    for (let quarter = 1; quarter <= 8; quarter++) {
      clock.advance(30_000)
      await until(() => pings.length === Math.ceil(quarter / 2) * 2)
    }
    expect(pings).toEqual(['ping', 'pong', 'ping', 'pong', 'ping', 'pong', 'ping', 'pong'])
    expect(session.snapshot().status).toBe('open')
    session.close()
    await until(() => clock.pendingTimers === 0)
  })

  it.each<[string, (session: { close(): void }) => void]>([
    ['', () => {}],
    [', and the reason stays, although the program closes the session then', (session) => session.close()],
  ])('is disconnected when it has not answered for two minutes%s', async (_, act) => {
    emulator = await startEmulator()
    const closes: object[] = []
    const session = await connectLive({
      url: emulator.url,
      model,
      clock,
      callbacks: { onclose: (close) => void closes.push(close) },
      // A socket that swallows pings.
      webSocket: (url) => Object.assign(new WsSocket(url), { ping: () => {} }),
    })
    for (let quarter = 0; quarter < 4; quarter++) clock.advance(30_000)
    expect(session.snapshot().status).toBe('open')
    clock.advance(30_000)
    act(session)
    await until(() => closes.length === 1)
    expect(closes).toEqual([{ code: 1006, reason: 'nothing came from the server for 120 s' }])
    expect(session.snapshot().status).toBe('closed')
    expect(clock.pendingTimers).toBe(0)
  })

  it('is not watched if the limit is Infinity', async () => {
    emulator = await startEmulator()
    const deadlines = { silenceMs: Number.POSITIVE_INFINITY }
    const session = await connectLive({ url: emulator.url, model, clock, deadlines })
    expect(clock.pendingTimers).toBe(0)
    session.close()
  })
})

it("wakes by the platform's clock, and cancels its timers", () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const startMs = platformClock.now()
  const woken: unknown[] = []
  const cancel = platformClock.setTimer(10, () => woken.push('cancelled'))
  platformClock.setTimer(20, () => woken.push(platformClock.now() - startMs))
  cancel()
  expect(vi.getTimerCount()).toBe(1)
  vi.advanceTimersByTime(20)
  expect(woken).toEqual([20])
})
