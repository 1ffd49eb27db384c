import { getEventListeners } from 'node:events'
import { readFileSync } from 'node:fs'
import { mock } from 'node:test'
import { runInNewContext } from 'node:vm'
import * as sdk3 from '@google/genai'
import { isLivegateError, type Profile, passInput, profileFor, type RealtimeInput } from '@livegate/core'
import { type EmulatedSession, type Emulator, type EmulatorOptions, startEmulator } from '@livegate/emulator'
import { ManualClock } from '@livegate/testkit'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { z } from 'zod'
import {
  type ConnectLiveEvent,
  type ConnectLiveOptions,
  connectLive,
  defineTool,
  type GatedSession,
  type ToolResponseReport,
} from '../src/index.ts'
import { platformClock } from '../src/platform-clock.ts'
import { countSockets } from './made-sockets.ts'
import { sdks } from './sdks.ts'
import { settled } from './settled.ts'
import { until } from './spoken-call.ts'

const apiKey = 'test-key-that-nobody-may-see'
const unimplemented = 'Operation is not implemented, or supported, or enabled.'

/** The path for a Vertex client without a key: the SDK then uses the base URL unchanged. */
const vertexPath = '/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent'

const getWeather = { name: 'get_weather', description: 'The weather in a city' }
const getTime = { name: 'get_time', description: 'The time in a city' }
const tools = [{ functionDeclarations: [getWeather, getTime] }]

/** A 20 ms frame in which every sample has the same value. */
function frame(value: number): RealtimeInput {
  const data = Buffer.from(new Int16Array(320).fill(value).buffer).toString('base64')
  return { audio: { data, mimeType: 'audio/pcm;rate=16000' } }
}

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

/** A handler of `get_weather` that waits until `finish` gives its result. */
function pendingWeather() {
  let finish: (value: object) => void = () => {}
  const weather = new Promise<object>((resolve) => {
    finish = resolve
  })
  return { tools: { get_weather: () => weather }, finish }
}

describe.each(sdks)('with @google/genai %s', (_, sdk) => {
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

  const client = () => new sdk.GoogleGenAI({ apiKey, httpOptions: { baseUrl: emulator.url } })

  async function connect(
    options: ConnectLiveOptions = {},
    callbacks: Partial<sdk3.LiveCallbacks> = {},
    ai = client(),
  ) {
    const messages: sdk3.LiveServerMessage[] = []
    const closes: { code: number; reason: string }[] = []
    const errors: unknown[] = []
    const events: ConnectLiveEvent[] = []
    const session = await connectLive(
      ai,
      {
        model: 'gemini-2.5-flash-native-audio',
        config: { tools, responseModalities: [sdk.Modality.AUDIO] },
        callbacks: {
          onmessage: (message) => messages.push(message),
          onclose: ({ code, reason }) => closes.push({ code, reason }),
          onerror: ({ error }) => errors.push(error),
          ...callbacks,
        },
      },
      { ...options, onEvent: (event) => events.push(event) },
    )
    opened.push(session)
    const [server] = emulator.sessions.slice(-1)
    if (!server) throw new Error('the emulator saw no session')
    const calledTool = (): boolean => messages.some(({ toolCall }) => toolCall)
    return { session, server, messages, closes, errors, events, calledTool }
  }

  it("resolves to the SDK's session, gated", async () => {
    const { session } = await connect()
    // A program that keeps its session in a variable of the SDK's type still compiles.
    const asBefore: sdk3.Session = session
    expect(asBefore).toBeInstanceOf(sdk.Session)
    expect(session.setupComplete).toEqual({})
    expect(session.gate.snapshot().status).toBe('open')
    expect(session.sendRealtimeInput({ text: 'hello' })).toEqual({ status: 'sent' })
  })

  describe('given a signal', () => {
    const gone = new Error('the user has left')

    it('connects to nobody if it is aborted already', async () => {
      const ai = client()
      const sockets = countSockets(ai)
      await expect(connect({ signal: AbortSignal.abort(gone) }, {}, ai)).rejects.toBe(gone)
      expect(await sockets()).toBe(0)
    })

    it('stops connecting when it is aborted', async () => {
      emulator.injectNext({ fault: 'silence' })
      const controller = new AbortController()
      const connecting = connect({ signal: controller.signal })
      await until(() => emulator.sessions.length === 1)
      controller.abort(gone)
      await expect(connecting).rejects.toBe(gone)
      expect(getEventListeners(controller.signal, 'abort')).toEqual([])
    })

    it('ends the session when it is aborted later', async () => {
      const controller = new AbortController()
      const { signal } = controller
      const { session, closes } = await connect({ signal })
      controller.abort(gone)
      expect(session.snapshot().status).toBe('closed')
      await until(() => closes.length === 1)
      expect(getEventListeners(signal, 'abort')).toEqual([])
    })

    it('is left alone once the session is over', async () => {
      const { signal } = new AbortController()
      const { session } = await connect({ signal })
      session.close()
      await settled()
      expect(getEventListeners(signal, 'abort')).toEqual([])
    })
  })

  it("emits core's events, and calls the SDK's callbacks", async () => {
    const told: unknown[] = []
    const callbacks = {
      onopen: () => told.push('onopen'),
      onmessage: (message: object) => told.push(Object.keys(message)),
      onclose: () => told.push('onclose'),
    }
    const { session } = await connect({}, callbacks)
    session.on('session-closed', ({ type }) => told.push(`on ${type}`))
    session.onEvent(({ type }) => told.push(type))
    expect(session.snapshot()).toMatchObject({ status: 'open', epoch: 1, profile: 'gemini-2.5' })
    session.close()
    await until(() => told.includes('onclose'))
    expect(told).toEqual(['onopen', ['setupComplete'], 'on session-closed', 'session-closed', 'onclose'])
  })

  it('G1, G5.1, G6.1: loses no sample and sends none while a handler runs', async () => {
    const { tools: handlers, finish } = pendingWeather()
    const { session, server, calledTool, messages, closes } = await connect({
      tools: handlers,
    })
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

  it("G1.1: is shut before the caller's onmessage gets the call", async () => {
    const seen: unknown[] = []
    const gate: { snapshot(): { status: string } }[] = []
    const { session } = await connect(
      {},
      {
        onmessage: ({ toolCall }) => {
          if (toolCall) seen.push(gate[0]?.snapshot().status)
        },
      },
    )
    gate.push(session.gate)
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(() => seen.length > 0)
    expect(seen).toEqual(['shut'])
  })

  it('G2, G8: opens when the last call is answered by hand, and fills in names', async () => {
    await restart({
      script: [
        {
          call: [
            { name: 'get_weather', id: 'a' },
            { name: 'get_time', id: 'b' },
          ],
        },
      ],
    })
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

  it('G8: takes responses with the ids of pending calls, and lists that are read-only', async () => {
    const { session, server, calledTool } = await connect()
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    const functionResponses = session.calls.pending.map(({ id }) => ({ id, response: { celsius: 12 } }))
    const report: ToolResponseReport = session.sendToolResponse({
      functionResponses: functionResponses as readonly (typeof functionResponses)[number][],
    })
    expect(report).toEqual({ sent: functionResponses.map(({ id }) => id), suppressed: [] })
    await until(() => server.toolResponses.length === 1)
    // The type of a session needs no argument.
    const place: { session?: GatedSession } = { session }
    expect(place.session).toBe(session)
  })

  it.each<[string, boolean, ConnectLiveOptions]>([
    ['by a handler', false, { tools: { get_weather: () => ({ celsius: 12 }) } }],
    ['by a handler', true, { tools: { get_weather: () => ({ celsius: 12 }) } }],
    ['by hand', false, {}],
    ['by hand', true, {}],
  ])('G7, G8: answers a call without an id %s, Vertex AI: %s', async (_how, vertexai, options) => {
    const platform = vertexai ? { vertexai } : { apiKey }
    const httpOptions = { baseUrl: `${emulator.url}${vertexai ? vertexPath : ''}` }
    const ai = new sdk.GoogleGenAI({ ...platform, httpOptions })
    const { session, server, calledTool, events } = await connect(options, {}, ai)
    server.sendText('{"toolCall":{"functionCalls":[{"name":"get_weather"}]}}')
    await until(calledTool)
    const answer = { name: 'get_weather', response: { celsius: 12 } }
    if (!options.tools) session.sendToolResponse({ functionResponses: answer })
    await until(() => server.toolResponses.length === 1)
    expect(server.toolResponses).toMatchObject([answer])
    // The private id never goes on the wire.
    expect(server.toolResponses[0]?.id).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'call-settled', as: 'answered' })
  })

  it('G2: stays shut for a second call that overlaps the first', async () => {
    const { session, server, messages } = await connect()
    server.callTools([{ name: 'get_weather', id: 'a' }])
    server.callTools([{ name: 'get_time', id: 'b' }])
    await until(() => messages.filter(({ toolCall }) => toolCall).length === 2)
    session.sendToolResponse({ functionResponses: { id: 'a', response: {} } })
    expect(session.sendRealtimeInput({ text: 'too early' })).toEqual({ status: 'held', reason: 'tool-call' })
    server.cancelCalls(['b'])
    await until(() => session.gate.snapshot().status === 'open')
    await until(() => server.receivedSignals().length === 1)
    expect(server.inputsDuringWindow).toEqual({ grace: 0, violations: 0 })
  })

  it('G10: sends input while a call is pending that is declared not to block', async () => {
    const declaration = { ...getWeather, behavior: sdk.Behavior.NON_BLOCKING }
    const ai = client()
    const messages: sdk3.LiveServerMessage[] = []
    const session = await connectLive(ai, {
      model: 'gemini-2.5-flash-native-audio',
      config: { tools: [{ functionDeclarations: [declaration] }] },
      callbacks: { onmessage: (message) => messages.push(message) },
    })
    opened.push(session)
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(() => messages.some(({ toolCall }) => toolCall))
    expect(session.sendRealtimeInput(frame(1))).toEqual({ status: 'sent' })
    const [server] = emulator.sessions
    await until(() => server?.receivedAudio().length === 320)
    expect(session.calls.pending.length).toBe(1)
    session.sendToolResponse({
      functionResponses: { id: String(session.calls.pending[0]?.id), response: {} },
    })
    await until(() => server?.toolResponses.length === 1)
    expect(server?.closed).toBeUndefined()
  })

  it.each<[string, sdk3.GoogleGenAIOptions, 'sent' | 'held', Profile?]>([
    ['gemini-3.8-live', {}, 'sent'],
    ['gemini-3.1-flash-live-preview', {}, 'held'],
    ['gemini-9-live', {}, 'held'],
    ['gemini-9-live', { vertexai: true }, 'sent'],
    ['gemini-3.8-live', {}, 'held', profileFor('gemini-2.5-flash')],
    ['gemini-2.5-flash', {}, 'sent', profileFor('gemini-3.8-live')],
  ])('G10: chooses the profile by model and platform, unless it is given: %s, %o', async (...row) => {
    const [model, platform, status, profile] = row
    const httpOptions = { baseUrl: `${emulator.url}${platform.vertexai ? vertexPath : ''}` }
    const ai = new sdk.GoogleGenAI({ ...platform, ...(!platform.vertexai && { apiKey }), httpOptions })
    const messages: sdk3.LiveServerMessage[] = []
    const callbacks = { onmessage: (message: sdk3.LiveServerMessage) => messages.push(message) }
    // As when a caller passes on its own, undefined, option.
    const options = { profile } as object
    const session = await connectLive(ai, { model, config: { tools }, callbacks }, options)
    opened.push(session)
    emulator.sessions[0]?.callTools([{ name: 'get_weather', id: 'a' }])
    await until(() => messages.some(({ toolCall }) => toolCall))
    expect(session.sendRealtimeInput({ text: 'and now?' }).status).toBe(status)
  })

  it('sends client content and context updates even while a call is pending', async () => {
    const { session, server, calledTool } = await connect()
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    session.sendRealtimeInput({ text: 'waits' })
    session.sendClientContent({ turns: 'In Dublin.', turnComplete: false })
    session.sendContextUpdate({ systemInstruction: 'Be brief.' })
    session.sendToolResponse({
      functionResponses: { id: String(session.calls.pending[0]?.id), response: {} },
    })
    await until(() => server.receivedSignals().length === 2)
    const received = server.log.flatMap((entry) => (entry.kind === 'received' ? [entry.message] : []))
    expect(received).toMatchObject([
      { type: 'setup' },
      { type: 'realtimeInput' },
      { type: 'clientContent', text: 'In Dublin.', turnComplete: false },
      { type: 'contextUpdate' },
      { type: 'toolResponse' },
      { type: 'realtimeInput' },
    ])
  })

  it('sends a bare list of tools, which the other adapters take, in the object that the SDK takes', async () => {
    const { session, server } = await connect()
    const functionDeclarations = [{ name: 'get_time', behavior: 'NON_BLOCKING' }]
    session.sendContextUpdate({ tools: [{ functionDeclarations }] } as never)
    await until(() =>
      server.log.some((entry) => entry.kind === 'received' && entry.message.type === 'contextUpdate'),
    )
    server.callTools([{ name: 'get_time' }])
    await until(() => session.calls.pending.length === 1)
    expect(session.sendRealtimeInput({ text: 'goes on' })).toEqual({ status: 'sent' })
    await until(() => server.receivedSignals().length === 1)
    // For the server, too, the call does not block.
    expect(server.inputsDuringWindow).toEqual({ grace: 0, violations: 0 })
  })

  it('sends client content without parameters as the SDK does, and the model answers', async () => {
    const { session, server } = await connect()
    ;(session.sendClientContent as () => void)()
    const contents = () =>
      server.log.flatMap((entry) => (entry.kind === 'received' ? [entry.message] : [])).slice(1)
    await until(() => contents().length === 1)
    expect(contents()).toMatchObject([{ type: 'clientContent', turnComplete: true }])
  })

  it('G4: keeps the brackets of push-to-talk through the call', async () => {
    const ai = client()
    const messages: sdk3.LiveServerMessage[] = []
    const { tools: handlers, finish } = pendingWeather()
    const session = await connectLive(
      ai,
      {
        model: 'gemini-2.5-flash-native-audio',
        config: { tools, realtimeInputConfig: { automaticActivityDetection: { disabled: true } } },
        callbacks: { onmessage: (message) => messages.push(message) },
      },
      { tools: handlers },
    )
    opened.push(session)
    const [server] = emulator.sessions
    // Manual activity mode, which the setup says: it waits for its turn.
    expect(session.sendRealtimeInput(frame(9))).toEqual({ status: 'held', reason: 'pre-roll' })
    for (const input of [{ activityStart: {} }, frame(1), { activityEnd: {} }])
      session.sendRealtimeInput(input)
    await until(() => messages.some(({ toolCall }) => toolCall))
    for (const input of [
      { activityStart: {} },
      frame(2),
      { activityEnd: {} },
      { activityStart: {} },
      frame(3),
    ]) {
      session.sendRealtimeInput(input)
    }
    expect(server?.brackets).toMatchObject({ starts: 1, ends: 1, open: false })
    finish({ celsius: 12 })
    await until(() => session.gate.snapshot().status === 'open')
    session.sendRealtimeInput({ activityEnd: {} })
    await until(() => server?.brackets.ends === 3)
    expect(server?.brackets).toEqual({ starts: 3, ends: 3, open: false, balanced: true })
    expect(server?.turns.map(({ samples }) => samples)).toEqual([640, 320, 320])
    expect(server?.log.filter(({ kind }) => kind === 'violation')).toEqual([])
  })

  it('G3, G7: answers for a handler that throws, and opens', async () => {
    const { session, server, calledTool } = await connect({
      tools: {
        get_weather: () => {
          throw new Error('no network')
        },
      },
    })
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    await until(() => server.toolResponses.length === 1)
    expect(server.toolResponses).toMatchObject([{ name: 'get_weather', response: { error: 'no network' } }])
    expect(session.gate.snapshot().status).toBe('open')
  })

  it('G3: answers an unanswered call with an error, at its deadline', async () => {
    const clock = new ManualClock()
    const { session, server, calledTool } = await connect({ clock })
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    clock.advance(300_000)
    await until(() => server.toolResponses.length === 1)
    expect(server.toolResponses).toMatchObject([
      { response: { error: 'get_weather gave no result within 300 s' } },
    ])
    expect(session.gate.snapshot().status).toBe('open')
    expect(clock.pendingTimers).toBe(0)
  })

  it("G3: keeps its deadlines by the platform's clock if none is given", async () => {
    const { session, server, calledTool } = await connect({
      deadlines: { handlerMs: 5 },
      tools: { get_weather: () => new Promise(() => {}) },
    })
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    await until(() => server.toolResponses.length === 1)
    expect(server.toolResponses).toMatchObject([
      { response: { error: 'get_weather gave no result within 0.005 s' } },
    ])
  })

  it('G3, G5: settles everything when the socket is gone during a call, and drops later input', async () => {
    const clock = new ManualClock()
    const signals: AbortSignal[] = []
    const { session, server, calledTool, closes } = await connect({
      clock,
      tools: {
        get_weather: (_args, { signal }) => {
          signals.push(signal)
          return new Promise(() => {})
        },
      },
    })
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    session.sendRealtimeInput(frame(1))
    server.drop()
    await until(() => closes.length === 1)
    expect(closes).toMatchObject([{ code: 1006 }])
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(session.sendRealtimeInput(frame(2))).toEqual({ status: 'dropped', reason: 'closed' })
    expect(session.gate.snapshot()).toMatchObject({
      status: 'closed',
      counters: { audio: { offered: 2, sent: 0, held: 0, dropped: { closed: 2 } } },
    })
    expect(session.calls.snapshot()).toMatchObject({ pending: [], settled: { lost: 1 } })
    expect(clock.pendingTimers).toBe(0)
    expect(() => session.sendClientContent({ turns: 'too late' })).toThrow(
      'session must be open to send clientContent',
    )
  })

  it('G3: closes at once even if a handler never returns', async () => {
    const clock = new ManualClock()
    const { session, server, calledTool } = await connect({
      clock,
      tools: { get_weather: () => new Promise(() => {}) },
    })
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    session.close()
    session.close()
    expect(session.gate.snapshot().status).toBe('closed')
    expect(clock.pendingTimers).toBe(0)
    await until(() => server.closed !== undefined)
    expect(server.closed).toMatchObject({ by: 'client' })
    expect(server.toolResponses).toEqual([])
  })

  it('G7.7: sends no response for a call that the server cancelled', async () => {
    const { tools: handlers, finish } = pendingWeather()
    const { session, server, calledTool, messages } = await connect({
      tools: handlers,
    })
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    server.cancelCalls(session.calls.pending.map(({ id }) => String(id)))
    await until(() => messages.some(({ toolCallCancellation }) => toolCallCancellation))
    finish({ celsius: 12 })
    await settled()
    session.sendRealtimeInput({ text: 'and now?' })
    await until(() => server.receivedSignals().length === 2)
    expect(server.toolResponses).toEqual([])
    expect(server.inputsDuringWindow).toEqual({ grace: 0, violations: 0 })
  })

  it('G12.1: ignores a frame that is not a JSON object, and reports it without its content', async () => {
    const { session, server, events, errors, messages } = await connect()
    server.sendText('{"serverContent": "my secret')
    server.sendText('null')
    server.sendText('{"text": "my secret"}')
    server.sendText('{"data": "my secret"}')
    server.sendText('\u{FEFF}{}')
    server.sendText('{"somethingNew": {"x": 1}}')
    await until(() => messages.some((message) => 'somethingNew' in message))
    expect(events).toEqual([
      { type: 'setup-complete', epoch: 1 },
      { type: 'gate-opened' },
      { type: 'malformed-frame', problem: 'it is not JSON' },
      { type: 'malformed-frame', problem: 'it is not an object' },
      { type: 'malformed-frame', problem: 'the SDK cannot read its field text' },
      { type: 'malformed-frame', problem: 'the SDK cannot read its field data' },
      { type: 'malformed-frame', problem: 'it is not JSON' },
    ])
    expect(errors.map(String)).toEqual([
      'Error: ignored a frame: it is not JSON',
      'Error: ignored a frame: it is not an object',
      'Error: ignored a frame: the SDK cannot read its field text',
      'Error: ignored a frame: the SDK cannot read its field data',
      'Error: ignored a frame: it is not JSON',
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
    [
      "rejects with another realm's promise, as in some test runners",
      () => runInNewContext('Promise.reject(error)', { error: new Error('bug in the callback') }),
    ],
  ])('G3.8: goes on when an onmessage %s, and reports it', async (_how, onmessage) => {
    const { session, server, events, errors } = await connect(
      { tools: { get_weather: () => ({ celsius: 12 }) } },
      {
        onmessage: (message) => {
          if (message.toolCall) return onmessage() as undefined
        },
      },
    )
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(() => server.toolResponses.length === 1 && errors.length === 1)
    expect(events).toContainEqual({ type: 'callback-failed', error: new Error('bug in the callback') })
    expect(errors).toEqual([new Error('bug in the callback')])
    expect(session.gate.snapshot().status).toBe('open')
  })

  it('G3.8: goes on whatever an onmessage throws, even if the listeners that are told reject', async () => {
    const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => {})
    onTestFinished(() => console.mockRestore())
    const ai = client()
    const told: unknown[] = []
    // An unhandled rejection fails the whole run.
    const tell = async (what: unknown): Promise<void> => {
      told.push(what)
      throw what
    }
    const session = await connectLive(
      ai,
      {
        model: 'gemini-2.5-flash',
        callbacks: {
          onmessage: ({ serverContent }) => {
            if (serverContent) throw Object.create(null)
          },
          onerror: ({ type, message }) => tell(`${type}: ${message}`) as unknown as undefined,
        },
      },
      {
        onEvent: ({ type }) =>
          type === 'listener-failed' ? undefined : (tell(type) as unknown as undefined),
      },
    )
    opened.push(session)
    emulator.sessions[0]?.sendText('{"serverContent":{}}')
    await until(() => console.mock.calls.length === 4)
    expect(told).toEqual(['setup-complete', 'gate-opened', 'callback-failed', 'error: it failed'])
    expect(console.mock.calls.flat()).toEqual(told)
  })

  it('reports a failed callback to the console if there is no onerror', async () => {
    const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => {})
    onTestFinished(() => console.mockRestore())
    const bug = new Error('a bug of the callback')
    const { server } = await connect(
      {},
      {
        onmessage: ({ serverContent }) => {
          if (serverContent) throw bug
        },
        onerror: null,
      },
    )
    server.sendText('{"serverContent":{}}')
    await until(() => console.mock.calls.length > 0)
    expect(console.mock.calls).toEqual([[bug]])
  })

  it('prints only what nobody else hears of', async () => {
    const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => {})
    onTestFinished(() => console.mockRestore())
    const ai = client()
    const params = { model: 'gemini-2.5-flash', callbacks: { onmessage: () => {} } }
    opened.push(await connectLive(ai, params))
    emulator.sessions[0]?.sendText('no JSON')
    await until(() => console.mock.calls.length > 0)
    emulator.injectNext({ fault: 'refuse', status: 401 })
    await expect(connectLive(ai, params)).rejects.toThrow('401')
    expect(console.mock.calls).toEqual([[new Error('ignored a frame: it is not JSON')]])
  })

  it('sends input in the window if the policy says so; the 2.5 profile then closes', async () => {
    const { session, calledTool, closes } = await connect({ policy: passInput() })
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    expect(session.sendRealtimeInput(frame(1))).toEqual({ status: 'sent' })
    await until(() => closes.length === 1)
    expect(closes).toEqual([{ code: 1008, reason: unimplemented }])
    expect(session.calls.snapshot().settled.lost).toBe(1)
  })

  it.each<[string, object, string]>([
    ['no known field', {}, 'input'],
    ['two kinds', { text: 'a', activityEnd: {} }, 'input'],
    ['audio that is not PCM', { audio: { data: 'AAAA', mimeType: 'audio/mp3' } }, 'audio.mimeType'],
    ['audio in bytes', { audio: { data: new Uint8Array(4), mimeType: 'audio/pcm' } }, 'audio.data'],
  ])('refuses an input with %s before anything is sent, and goes on', async (_what, input, field) => {
    const { session, server } = await connect()
    let refusal: unknown
    try {
      session.sendRealtimeInput(input as RealtimeInput)
    } catch (error) {
      refusal = error
    }
    expect(isLivegateError(refusal) && refusal.field).toBe(field)
    session.sendRealtimeInput({ text: 'goes on' })
    await until(() => server.receivedSignals().length === 1)
    expect(server.log.filter(({ kind }) => kind === 'received').length).toBe(2)
  })

  it('refuses a response to an id that was never called, suppresses a second one, and goes on', async () => {
    const { session, server, calledTool } = await connect()
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    const unknown = { functionResponses: { id: 'nobody', name: 'get_weather', response: {} } }
    expect(() => session.sendToolResponse(unknown)).toThrow(expect.objectContaining({ code: 'unknown-call' }))
    const id = String(session.calls.pending[0]?.id)
    const answer = { functionResponses: { id, response: { celsius: 12 } } }
    expect(session.sendToolResponse(answer)).toEqual({ sent: [id], suppressed: [] })
    expect(session.sendToolResponse(answer)).toEqual({ sent: [], suppressed: [{ id, reason: 'answered' }] })
    session.sendRealtimeInput({ text: 'goes on' })
    await until(() => server.receivedSignals().length === 2)
    expect(server.toolResponses.length).toBe(1)
  })

  it.each<[string, ConnectLiveOptions, string]>([
    [
      'an undeclared tool',
      { tools: { get_wether: () => 1 } },
      'tools.get_wether must be a declared tool (get_weather, get_time)',
    ],
    [
      'an unknown policy value',
      { policy: { ...passInput(), video: 'keep' as never } },
      'policy.video must be one of hold,drop,pass; got "keep"',
    ],
  ])('refuses %s before it connects', async (_what, options, message) => {
    const ai = client()
    const sockets = countSockets(ai)
    await expect(connect(options, {}, ai)).rejects.toThrow(message)
    expect(await sockets()).toBe(0)
  })

  it("declares tools that have parameters, besides the setup's own, and leaves the caller's config unchanged", async () => {
    const look_up = defineTool({
      description: 'Looks a word up',
      parameters: z.object({ word: z.string() }),
      handler: ({ word }) => ({ found: word.length }),
    })
    const ai = client()
    const config = { tools: [{ functionDeclarations: [getWeather] }] }
    const session = await connectLive(
      ai,
      { model: 'gemini-2.5-flash-native-audio', config, callbacks: { onmessage: () => {} } },
      { tools: { look_up } },
    )
    opened.push(session)
    expect(config).toEqual({ tools: [{ functionDeclarations: [getWeather] }] })
    const [server] = emulator.sessions
    expect(server?.setup).toMatchObject({
      tools: [
        { functionDeclarations: [getWeather] },
        {
          functionDeclarations: [
            {
              name: 'look_up',
              description: 'Looks a word up',
              parameters: { type: 'OBJECT', properties: { word: { type: 'STRING' } } },
            },
          ],
        },
      ],
    })
    server?.callTools([
      { name: 'look_up', id: 'a', args: { word: 'gate' } },
      { name: 'look_up', id: 'b', args: {} },
    ])
    await until(() => server?.toolResponses.length === 2)
    expect(server?.toolResponses).toMatchObject([
      { id: 'a', response: { found: 4 } },
      { id: 'b', response: { error: expect.stringContaining('the arguments do not fit: word: ') } },
    ])
  })

  it('accepts a handler for a tool whose name only an MCP server knows', async () => {
    const mcp: sdk3.CallableTool & { readonly mcp_client: object } = {
      // Its own fields may have any name.
      mcp_client: {},
      tool: async () => ({ functionDeclarations: [{ name: 'look_up' }] }),
      callTool: async () => [],
    }
    const ai = client()
    const params = {
      model: 'gemini-2.5-flash-native-audio',
      config: { tools: [mcp] },
      callbacks: { onmessage: () => {} },
    }
    const session = await connectLive(ai, params, { tools: { look_up: () => ({ found: true }) } })
    opened.push(session)
    const [server] = emulator.sessions
    server?.callTools([{ name: 'look_up', id: 'a' }])
    await until(() => server?.toolResponses.length === 1)
    expect(server?.toolResponses).toMatchObject([{ id: 'a', response: { found: true } }])
  })

  it('shows the key in no event, snapshot or error', async () => {
    const { session, server, events, errors, calledTool } = await connect()
    session.sendRealtimeInput({ text: 'What is the weather?' })
    await until(calledTool)
    server.sendText('no JSON')
    await until(() => errors.length === 1)
    const reason = `API key ${apiKey} was reported as leaked`
    server.close(1008, reason)
    await until(() => session.snapshot().status === 'closed')
    emulator.injectNext({ fault: 'close', code: 1008, reason })
    const refusal = await connect().catch(String)
    const shown = JSON.stringify([
      events,
      errors.map(String),
      session.gate.snapshot(),
      session.calls.snapshot(),
      refusal,
    ])
    expect(shown).toContain('malformed-frame')
    expect(shown).toContain('was reported as leaked); got')
    expect(shown).not.toContain(apiKey)
  })

  it('adds nothing to a setup without tools', async () => {
    const ai = client()
    const params = { model: 'gemini-2.5-flash-native-audio', callbacks: { onmessage: () => {} } }
    opened.push(await connectLive(ai, params, { tools: { get_weather: () => 1 } }))
    expect(emulator.sessions[0]?.setup).toEqual({ model: 'models/gemini-2.5-flash-native-audio' })
  })

  it('does not change the client', async () => {
    const ai = client()
    const before = Object.getOwnPropertyDescriptors(ai.live)
    const callbacks = { onmessage: () => {} }
    const params = { model: 'gemini-2.5-flash-native-audio', config: { tools }, callbacks }
    opened.push(await connectLive(ai, params))
    expect(Object.getOwnPropertyDescriptors(ai.live)).toEqual(before)
    expect(Object.keys(callbacks)).toEqual(['onmessage'])
  })
})

describe('a connection that fails while it opens', () => {
  it('G3: throws what the SDK throws, and leaves no timer for a call that came meanwhile', async () => {
    const clock = new ManualClock()
    const live = {
      connect: async ({ callbacks }: sdk3.LiveConnectParameters): Promise<sdk3.Session> => {
        const message = Object.assign(new sdk3.LiveServerMessage(), {
          toolCall: { functionCalls: [{ id: 'a', name: 'get_weather' }] },
        })
        callbacks.onmessage(message)
        expect(clock.pendingTimers).toBe(2)
        throw new Error('closed before setup completed')
      },
    }
    const params = { model: 'any', callbacks: { onmessage: () => {} } }
    await expect(connectLive({ live }, params, { clock })).rejects.toThrow('closed before setup completed')
    expect(clock.pendingTimers).toBe(0)
  })

  /** A client whose connection is controlled by the test. */
  function pendingClient() {
    const closed: string[] = []
    const late = { close: () => closed.push('late session closed') } as unknown as sdk3.Session
    let callbacks: sdk3.LiveCallbacks | undefined
    let resolve: (session: sdk3.Session) => void = () => {}
    const live = {
      connect: (params: sdk3.LiveConnectParameters) => {
        callbacks = params.callbacks
        return new Promise<sdk3.Session>((done) => {
          resolve = done
        })
      },
    }
    return { client: { live }, closed, done: () => resolve(late), callbacks: () => callbacks }
  }

  const params = { model: 'any', callbacks: { onmessage: () => {} } }

  it('G3.6: does not wait forever for a server that never accepts the setup', async () => {
    const clock = new ManualClock()
    const { client, closed, done } = pendingClient()
    const connecting = connectLive(client, params, { clock, deadlines: { setupMs: 5000 } })
    clock.advance(5000)
    await expect(connecting).rejects.toThrow(
      'connection must be open until it is set up (closed from here: no setupComplete within 5 s); got "closed"',
    )
    done()
    await settled()
    expect([closed, clock.pendingTimers]).toEqual([['late session closed'], 0])
  })

  it('rejects if the SDK reports the close at once and still resolves, and closes that session', async () => {
    const closed: string[] = []
    const live = {
      connect: async ({ callbacks }: sdk3.LiveConnectParameters) => {
        callbacks.onclose?.({ code: 1008, reason: 'no' } as CloseEvent)
        return { close: () => closed.push('late session closed') } as unknown as sdk3.Session
      },
    }
    await expect(connectLive({ live }, params)).rejects.toThrow(
      'connection must be open until it is set up; got "closed"',
    )
    expect(closed).toEqual(['late session closed'])
  })

  it.each<[string, { code: number; reason: string }, { message?: string } | undefined]>([
    ['1008: models/any is not found', { code: 1008, reason: 'models/any is not found' }, undefined],
    ['1006: no reason', { code: 1006, reason: '' }, undefined],
    ['1006: no reason', { code: 1006, reason: '' }, {}],
    ['1006: connect ECONNREFUSED', { code: 1006, reason: '' }, { message: 'connect ECONNREFUSED' }],
    ['1011: its own', { code: 1011, reason: 'its own' }, { message: 'a message' }],
  ])(
    'says how the server closed before it was set up, even if the SDK does not: %s',
    async (how, close, error) => {
      const { client, callbacks } = pendingClient()
      const told: unknown[] = []
      const onclose = (): void => void told.push('onclose')
      const onEvent = (event: ConnectLiveEvent): void => {
        if (event.type === 'session-closed') told.push(event)
      }
      const connecting = connectLive(
        client,
        { ...params, callbacks: { ...params.callbacks, onclose } },
        { onEvent },
      )
      if (error) callbacks()?.onerror?.(error as Parameters<NonNullable<sdk3.LiveCallbacks['onerror']>>[0])
      callbacks()?.onclose?.(close as CloseEvent)
      await expect(connecting).rejects.toThrow(`open until it is set up (${how}); got`)
      const reason = how.slice(6).replace('no reason', '')
      expect(told).toEqual([
        { type: 'session-closed', report: expect.objectContaining({ code: close.code, reason }) },
        'onclose',
      ])
    },
  )
})

describe('a context update', () => {
  const listed = [{ functionDeclarations: [getTime] }]
  it.each<[unknown, object]>([
    [{ systemInstruction: 'Be brief.' }, { systemInstruction: 'Be brief.' }],
    [{ tools: { tools: listed } }, { tools: { tools: listed } }],
    [
      { systemInstruction: 'Be brief.', tools: listed },
      { systemInstruction: 'Be brief.', tools: { tools: listed } },
    ],
    [undefined, {}],
    [null, {}],
  ])('reaches the SDK in its form: %j', async (given, update) => {
    const updates: unknown[] = []
    const bare = {
      close: () => {},
      sendContextUpdate: (params: unknown) => updates.push(params),
    } as unknown as sdk3.Session
    const live = { connect: async () => bare }
    const session = await connectLive({ live }, { model: 'any', callbacks: { onmessage: () => {} } })
    session.sendContextUpdate(given as sdk3.LiveClientContextUpdate)
    session.close()
    expect(updates).toEqual([update])
    expect(Object.keys(updates[0] as object)).toEqual(Object.keys(update))
  })
})

it('adds no methods that the SDK lacks to its session, and prints nothing', async () => {
  const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => {})
  onTestFinished(() => console.mockRestore())
  const bare = { conn: 'its own', close: () => {} } as unknown as sdk3.Session
  const live = { connect: async () => bare, apiClient: {} }
  const session = await connectLive({ live }, { model: 'any', callbacks: { onmessage: () => {} } })
  expect(Object.getOwnPropertyNames(session).sort()).toEqual([
    'calls',
    'close',
    'conn',
    'gate',
    'on',
    'onEvent',
    'sendClientContent',
    'sendRealtimeInput',
    'sendToolResponse',
    'snapshot',
  ])
  session.close()
  expect(console.mock.calls).toEqual([])
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

it("cancels a timer of the platform even if a test's timers have taken its place since", () => {
  onTestFinished(() => mock.timers.reset())
  const pending = (): number => process.getActiveResourcesInfo().filter((what) => what === 'Timeout').length
  const before = pending()
  const cancel = platformClock.setTimer(60_000, () => {})
  mock.timers.enable({ apis: ['setTimeout'] })
  cancel()
  expect(pending()).toBe(before)
})

describe('versions', () => {
  it('are tested as the peer range promises: 2.x and 3.x', () => {
    const manifestOf = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
    const versions = ['genai', 'genai-2'].map(
      (name) => manifestOf(`../node_modules/@google/${name}/package.json`).version.split('.')[0],
    )
    expect(versions).toEqual(['3', '2'])
    expect(manifestOf('../package.json').peerDependencies).toEqual({ '@google/genai': '^2.0.0 || ^3.0.0' })
  })
})
