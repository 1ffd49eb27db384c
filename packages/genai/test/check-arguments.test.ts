import { GoogleGenAI } from '@google/genai'
import { type Emulator, startEmulator } from '@livegate/emulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type ConnectLiveOptions, connectLive, gateLive, profileFor } from '../src/index.ts'
import { countSockets } from './made-sockets.ts'
import { until } from './spoken-call.ts'

const params = { model: 'gemini-2.5-flash-native-audio', callbacks: { onmessage: () => {} } }

describe('arguments from JavaScript', () => {
  let emulator: Emulator
  let ai: GoogleGenAI

  beforeEach(async () => {
    emulator = await startEmulator()
    ai = new GoogleGenAI({ apiKey: 'none', httpOptions: { baseUrl: emulator.url } })
  })

  afterEach(() => emulator.close())

  it.each<[string, object | undefined, string]>([
    ['none', undefined, 'params must be an object with model and callbacks; got "undefined"'],
    ['no model', { callbacks: params.callbacks }, 'model must be the name of a model; got "undefined"'],
    [
      'a model that is no name',
      { ...params, model: { name: 'any' } },
      'model must be the name of a model; got "[object Object]"',
    ],
    ['an empty model', { ...params, model: '' }, 'model must be the name of a model; got ""'],
    ['no callbacks', { model: params.model }, 'callbacks must be an object with onmessage; got "undefined"'],
    [
      'a misspelt onmessage',
      { ...params, callbacks: { onMessage: () => {} } },
      'callbacks.onmessage must be a function; got "undefined"',
    ],
    ...['onopen', 'onerror', 'onclose'].map((name): [string, object, string] => [
      `an ${name} that is not a function`,
      { ...params, callbacks: { ...params.callbacks, [name]: 'x' } },
      `callbacks.${name} must be a function; got "x"`,
    ]),
    [
      'handlers in the wrong place',
      { ...params, tools: { get_weather: () => 12 } },
      'params.tools must be in config (declarations) or options (handlers); got "object"',
    ],
    ['a config that is JSON', { ...params, config: '{}' }, 'config must be an object; got "{}"'],
    [
      'tools that are not a list',
      { ...params, config: { tools: { functionDeclarations: [] } } },
      'config.tools must be a list; got "[object Object]"',
    ],
  ])('refuses params before anything is connected: %s', async (_, given, message) => {
    // Without a profile, looking one up would find a wrong model too.
    const options = { profile: profileFor('any') }
    const refusal = { code: 'invalid-options', message }
    const sockets = countSockets(ai)
    await expect(connectLive(ai, given as never, options)).rejects.toMatchObject(refusal)
    const ungate = gateLive(ai, options)
    await expect(ai.live.connect(given as never)).rejects.toMatchObject(refusal)
    ungate()
    expect(await sockets()).toBe(0)
  })

  it.each<[string, unknown, string]>([
    ['null', null, 'options must be an object; got "null"'],
    ['an unknown name', { tool: {} }, 'tool must be left out: there is no such option here; got "object"'],
    ['a bare handler', { tools: () => 1 }, 'tools must be an object; got "Function"'],
    [
      'a misspelt deadline',
      { deadlines: { handlerMS: 5000 } },
      'deadlines.handlerMS must be left out: there is no such option here; got "number"',
    ],
    [
      'the name of a profile',
      { profile: 'gemini-3.8' },
      'profile.callsBlock must be one of always,by-default,if-declared; got "undefined"',
    ],
    [
      'null for a profile, as for a policy',
      { profile: null },
      'profile.callsBlock must be one of always,by-default,if-declared; got "undefined"',
    ],
    ['a listener that is not a function', { onEvent: 'x' }, 'onEvent must be a function; got "x"'],
    [
      'a controller in place of its signal',
      { signal: new AbortController() },
      'signal must be an AbortSignal; got "[object AbortController]"',
    ],
    [
      'a signal that cannot be asked whether it is aborted',
      { signal: { aborted: false } },
      'signal must be an AbortSignal; got "[object Object]"',
    ],
  ])('refuses options before anything is connected: %s', async (_, given, message) => {
    const sockets = countSockets(ai)
    const connecting = connectLive(ai, params, given as ConnectLiveOptions)
    await expect(connecting).rejects.toMatchObject({ code: 'invalid-options', message })
    expect(await sockets()).toBe(0)
  })

  it('refuses a client that is not one', async () => {
    await expect(connectLive(params as never, undefined as never)).rejects.toMatchObject({
      code: 'invalid-options',
      message: 'ai must be a GoogleGenAI client; got "object"',
    })
  })

  it('does not show a key that is passed in place of the client', async () => {
    const key = 'AIza-a-key-of-thirty-nine-characters-00' as never
    await expect(connectLive(key, params)).rejects.toThrow('ai must be a GoogleGenAI client; got "string"')
    expect(() => gateLive(key)).toThrow(
      'target must be a GoogleGenAI client, or the class Live of the SDK; got "string"',
    )
  })

  it.each<[string, unknown]>([
    ['tools', { get_weather: () => 12 }],
    ['responses', 'alone'],
  ])('refuses %s as an option of gateLive, whose calls are answered by hand', (name, value) => {
    expect(() => gateLive(ai, { [name]: value })).toThrow(
      `${name} must be left out, because the framework answers the calls; got "${typeof value}"`,
    )
  })

  it('takes an undefined option of any name, and a null callback, as absent', async () => {
    const callbacks = { ...params.callbacks, onclose: null } as object
    const given = { tools: undefined, deadlines: undefined, onEvent: undefined, more: undefined } as object
    const session = await connectLive(ai, { ...params, callbacks } as never, given)
    expect(session.snapshot().status).toBe('open')
    session.close()
    gateLive(ai, { ...given, responses: undefined } as object)()
  })

  it.each([
    null,
    Object.create(null),
    { tools: null },
    { tools: null, realtimeInputConfig: null, systemInstruction: null },
  ])('takes what is null in a config as absent, as the SDK does: %j', async (config) => {
    const tools = { get_time: { parameters: z.object({}), handler: () => 'noon' } }
    const session = await connectLive(ai, { ...params, config } as never, { tools })
    const ungate = gateLive(ai)
    const underFramework = await ai.live.connect({ ...params, config } as never)
    ungate()
    expect(emulator.sessions.map(({ setup }) => Object.keys(setup ?? {}))).toEqual([
      ['model', 'tools'],
      ['model'],
    ])
    session.close()
    underFramework.close()
  })

  it.each([null, undefined])(
    'takes %s as empty content and as an empty update, as the SDK does',
    async (none) => {
      const session = await connectLive(ai, params)
      session.sendClientContent(none as never)
      session.sendContextUpdate(none as never)
      const [server] = emulator.sessions
      const received = () =>
        (server?.log ?? []).flatMap((entry) => (entry.kind === 'received' ? [entry.message.type] : []))
      await until(() => received().length === 3)
      expect(received()).toEqual(['setup', 'clientContent', 'contextUpdate'])
      session.close()
    },
  )
})
