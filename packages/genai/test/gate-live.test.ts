import type * as sdk3 from '@google/genai'
import { type Emulator, startEmulator } from '@livegate/emulator'
import { ManualClock } from '@livegate/testkit'
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import {
  connectLive,
  type GateLiveOptions,
  type GateTarget,
  gateLive,
  type ObservedSession,
  passInput,
  profileFor,
} from '../src/index.ts'
import { sdks } from './sdks.ts'
import { until } from './spoken-call.ts'
import { authClient } from './vertex-account.ts'

const tools = [{ functionDeclarations: [{ name: 'get_weather', description: 'The weather in a city' }] }]
const model = 'gemini-2.5-flash-native-audio'

describe.each(sdks)('gateLive with @google/genai %s', (_, sdk) => {
  let emulator: Emulator
  const ends: (() => void)[] = []

  beforeEach(async () => {
    emulator = await startEmulator({ graceMs: 0 })
  })

  const { connect: original } = sdk.Live.prototype

  afterEach(async () => {
    for (const end of ends.splice(0)) end()
    await emulator.close()
    // A gate that a test leaves behind would hide from the next that one cannot be removed.
    expect(sdk.Live.prototype.connect).toBe(original)
  })

  const newClient = () => new sdk.GoogleGenAI({ apiKey: 'test-key', httpOptions: { baseUrl: emulator.url } })

  function gate(target: GateTarget, options?: GateLiveOptions) {
    const ungate = gateLive(target, options)
    ends.push(ungate)
    return ungate
  }

  /** Connects as any program does, waits for a call, and returns the verdict on a text that is sent then. */
  async function saidDuringCall(ai: sdk3.GoogleGenAI, name = model): Promise<unknown> {
    const messages: sdk3.LiveServerMessage[] = []
    const callbacks = { onmessage: (message: sdk3.LiveServerMessage) => messages.push(message) }
    const session = await ai.live.connect({ model: name, config: { tools }, callbacks })
    ends.push(() => session.close())
    emulator.sessions.at(-1)?.callTools([{ name: 'get_weather', id: 'a' }])
    await until(() => messages.some(({ toolCall }) => toolCall))
    return session.sendRealtimeInput({ text: 'and tomorrow?' })
  }

  const held = { status: 'held', reason: 'tool-call' }
  const sent = { status: 'sent' }
  /** The SDK's own method returns nothing. */
  const ungated = undefined

  it('gates one client, and no other', async () => {
    const ai = newClient()
    gate(ai)
    expect([await saidDuringCall(ai), await saidDuringCall(newClient())]).toEqual([held, ungated])
  })

  it('gates all clients of a copy of the SDK by its class, including existing ones', async () => {
    const ai = newClient()
    gate(sdk.Live)
    expect([await saidDuringCall(ai), await saidDuringCall(newClient())]).toEqual([held, held])
  })

  it("returns the SDK's session, whose calls are answered by hand", async () => {
    const clock = new ManualClock()
    const ai = newClient()
    gate(ai, { clock })
    const calls: sdk3.FunctionCall[] = []
    const callbacks = {
      onmessage: ({ toolCall }: sdk3.LiveServerMessage) => calls.push(...(toolCall?.functionCalls ?? [])),
    }
    const session = await ai.live.connect({ model, config: { tools }, callbacks })
    ends.push(() => session.close())
    expect(session).toBeInstanceOf(sdk.Session)
    const [server] = emulator.sessions
    server?.callTools([
      { name: 'get_weather', id: 'a' },
      { name: 'get_weather', id: 'b' },
    ])
    await until(() => calls.length === 2)
    session.sendRealtimeInput({ text: 'and tomorrow?' })
    session.sendToolResponse({ functionResponses: { id: 'a', response: { celsius: 12 } } })
    clock.advance(300_000)
    await until(() => server?.receivedSignals().length === 1)
    expect(server?.toolResponses).toMatchObject([
      { id: 'a', name: 'get_weather', response: { celsius: 12 }, idWas: 'pending' },
      { id: 'b', response: { error: 'get_weather gave no result within 300 s' }, idWas: 'pending' },
    ])
    expect(server?.inputsDuringWindow).toEqual({ grace: 0, violations: 0 })
    expect(clock.pendingTimers).toBe(0)
  })

  it.each<[string, (ai: sdk3.GoogleGenAI) => GateTarget]>([
    ['client', (ai) => ai],
    ['class', () => sdk.Live],
    [
      'client whose `connect` was replaced',
      (ai) => Object.assign(ai, { live: Object.assign(ai.live, { connect: sdk.Live.prototype.connect }) }),
    ],
  ])('leaves a %s as it was when it is removed, which can be done twice', async (_what, targetOf) => {
    const ai = newClient()
    const target = targetOf(ai)
    const before = [ai.live, sdk.Live.prototype].map(Object.getOwnPropertyDescriptors)
    const ungate = gate(target)
    ungate()
    ungate()
    expect([ai.live, sdk.Live.prototype].map(Object.getOwnPropertyDescriptors)).toEqual(before)
    expect(await saidDuringCall(ai)).toBe(ungated)
  })

  it('is removed at the end of a block, and leaves open sessions gated', async () => {
    const ai = newClient()
    const during = await (async () => {
      using _ungate = gateLive(ai)
      return saidDuringCall(ai)
    })()
    expect([during, await saidDuringCall(ai)]).toEqual([held, ungated])
    emulator.sessions[0]?.cancelCalls(['a'])
    await until(() => emulator.sessions[0]?.receivedSignals().length === 1)
  })

  it('is one gate if a client is gated twice, with the latest options that remain', async () => {
    const told: string[] = []
    const tellAs = (name: string): GateLiveOptions => ({
      onEvent: ({ type }) => {
        if (type === 'setup-complete') told.push(name)
      },
    })
    const ai = newClient()
    const ofFirst = gate(ai, tellAs('first'))
    const ofSecond = gate(ai, { ...tellAs('second'), policy: passInput() })
    expect(await saidDuringCall(ai)).toEqual(sent)
    ofSecond()
    expect(await saidDuringCall(ai)).toEqual(held)
    ofFirst()
    expect(await saidDuringCall(ai)).toEqual(ungated)
    expect(told).toEqual(['second', 'first'])
  })

  it('can be removed in any order', async () => {
    const ai = newClient()
    const before = Object.getOwnPropertyDescriptors(ai.live)
    const ofFirst = gate(ai)
    const ofSecond = gate(ai, { policy: passInput() })
    ofFirst()
    ofFirst()
    expect(await saidDuringCall(ai)).toEqual(sent)
    ofSecond()
    expect(Object.getOwnPropertyDescriptors(ai.live)).toEqual(before)
  })

  it("is enumerable only if the client's own `connect` was", () => {
    const ai = newClient()
    const keysGated = (): string[] => {
      using _ungate = gateLive(ai)
      return Object.keys(ai.live)
    }
    const keys = Object.keys(ai.live)
    expect(keysGated()).toEqual(keys)
    ai.live.connect = sdk.Live.prototype.connect
    expect(keysGated()).toEqual([...keys, 'connect'])
  })

  it('prefers the options for a client to those for its class, and those of connectLive to both', async () => {
    const told: string[] = []
    const ai = newClient()
    gate(ai, { onEvent: () => told.push('client') })
    gate(sdk.Live, { onEvent: () => told.push('class') })
    expect(await saidDuringCall(ai)).toEqual(held)
    expect(new Set(told)).toEqual(new Set(['client']))
    told.length = 0
    const session = await connectLive(
      ai,
      { model, config: { tools }, callbacks: { onmessage: () => {} } },
      { tools: { get_weather: () => ({ celsius: 12 }) } },
    )
    ends.push(() => session.close())
    const server = emulator.sessions.at(-1)
    server?.callTools([{ name: 'get_weather', id: 'b' }])
    await until(() => server?.toolResponses.length === 1)
    expect(told).toEqual([])
  })

  it('is one gate even if a program has two copies of this package', async () => {
    const ai = newClient()
    gate(ai)
    vi.resetModules()
    const { gateLive: gateByCopy } = await import('../src/index.ts')
    ends.push(gateByCopy(ai, { policy: passInput() }))
    expect(await saidDuringCall(ai)).toEqual(sent)
    // No second gate holds it.
    await until(() => emulator.sessions[0]?.receivedSignals().length === 1)
  })

  it.each<[string, boolean, object | undefined]>([
    ['gemini-3.1-flash-live-preview', false, held],
    ['gemini-3.8-live', false, sent],
    ['gemini-9-live', false, held],
    ['gemini-9-live', true, sent],
  ])('G10: chooses the profile by model and platform: %s, Vertex AI: %s', async (name, vertexai, verdict) => {
    gate(sdk.Live)
    const account = { project: 'test-project', location: 'us-central1', googleAuthOptions: { authClient } }
    const ai = new sdk.GoogleGenAI({
      ...(vertexai ? { vertexai, ...account } : { apiKey: 'test-key' }),
      httpOptions: { baseUrl: emulator.url },
    })
    expect(await saidDuringCall(ai, name)).toEqual(verdict)
  })

  it('stays below a wrapper that somebody else puts over it', async () => {
    const ai = newClient()
    const ungate = gate(ai)
    const { connect } = ai.live
    const models: string[] = []
    ai.live.connect = function (params) {
      models.push(params.model)
      return connect.call(this, params)
    }
    expect(await saidDuringCall(ai)).toEqual(held)
    ungate()
    expect(await saidDuringCall(ai)).toEqual(ungated)
    gate(ai)
    expect(await saidDuringCall(ai)).toEqual(held)
    expect(models).toEqual([model, model, model])
  })

  it.each<[string, (live: sdk3.GoogleGenAI['live']) => unknown]>([
    ['with the original', (live) => Reflect.deleteProperty(live, 'connect')],
    ['with an own property', (live) => Object.assign(live, { connect: sdk.Live.prototype.connect })],
  ])('gates again if somebody has replaced it %s', async (_what, replace) => {
    const ai = newClient()
    const ofFirst = gate(ai)
    replace(ai.live)
    expect(await saidDuringCall(ai)).toEqual(ungated)
    const ofSecond = gate(ai)
    expect(await saidDuringCall(ai)).toEqual(held)
    ofFirst()
    expect(await saidDuringCall(ai)).toEqual(held)
    ofSecond()
    expect(await saidDuringCall(ai)).toEqual(ungated)
  })

  it('suppresses the response to a call that comes after close, before the server has read it', async () => {
    const ai = newClient()
    gate(ai)
    const calls: sdk3.FunctionCall[] = []
    const callbacks = {
      onmessage: ({ toolCall }: sdk3.LiveServerMessage) => calls.push(...(toolCall?.functionCalls ?? [])),
    }
    const session = await ai.live.connect({ model, config: { tools }, callbacks })
    session.close()
    emulator.sessions[0]?.callTools([{ name: 'get_weather', id: 'a' }])
    await until(() => calls.length === 1)
    const answer = { functionResponses: [{ id: 'a', name: 'get_weather', response: { celsius: 12 } }] }
    expect(session.sendToolResponse(answer)).toEqual({ sent: [], suppressed: [{ id: 'a', reason: 'lost' }] })
    for (const [nobody, problem] of [
      [undefined, 'functionResponses must be at least one response'],
      [{ functionResponses: [null] }, 'functionResponses[0].id must be the id'],
      [{ functionResponses: { response: {} } }, 'functionResponses[0].id must be the id'],
    ]) {
      expect(() => session.sendToolResponse(nobody as never)).toThrow(problem as string)
    }
  })

  it('suppresses the response to a call that was lost with an earlier connection, and no other', async () => {
    const ai = newClient()
    gate(ai)
    const calls: (string | undefined)[] = []
    const callbacks = {
      onmessage: ({ toolCall }: sdk3.LiveServerMessage) => {
        calls.push(...(toolCall?.functionCalls ?? []).map(({ id }) => id))
      },
    }
    const responses = (...ids: readonly string[]) => ({
      functionResponses: ids.map((id) => ({ id, name: 'get_weather', response: { celsius: 12 } })),
    })
    const first = await ai.live.connect({ model, config: { tools }, callbacks })
    emulator.sessions[0]?.callTools([
      { name: 'get_weather', id: 'a' },
      { name: 'get_weather', id: 'answered' },
    ])
    await until(() => calls.length === 2)
    first.sendToolResponse(responses('answered'))
    first.close()
    const second = await ai.live.connect({ model, config: { tools }, callbacks })
    ends.push(() => second.close())
    emulator.sessions[1]?.callTools([{ name: 'get_weather', id: 'b' }])
    await until(() => calls.length === 3)
    const suppressed = [{ id: 'a', reason: 'lost' }]
    expect(second.sendToolResponse(responses('a'))).toEqual({ sent: [], suppressed })
    expect(second.sendToolResponse(responses('a', 'b'))).toEqual({ sent: ['b'], suppressed })
    expect(second.sendToolResponse(responses('a', 'b'))).toEqual({
      sent: [],
      suppressed: [{ id: 'b', reason: 'answered' }, ...suppressed],
    })
    for (const other of ['c', 'answered']) {
      expect(() => second.sendToolResponse(responses('a', other))).toThrow(
        'functionResponses[0].id must be the id',
      )
    }
    await until(() => emulator.sessions[1]?.toolResponses.length === 1)
    expect(emulator.sessions[1]?.toolResponses).toMatchObject([{ id: 'b', idWas: 'pending' }])
  })

  it.each([true, false])(
    'suppresses the response to a lost call that had no id, by its name, and no other, Vertex AI: %s',
    async (vertexai) => {
      const account = {
        vertexai,
        project: 'test-project',
        location: 'us-central1',
        googleAuthOptions: { authClient },
      }
      const ai = new sdk.GoogleGenAI({
        ...(vertexai ? account : { apiKey: 'test-key' }),
        httpOptions: { baseUrl: emulator.url },
      })
      gate(ai, { profile: profileFor(model) })
      const calls: unknown[] = []
      const callbacks = {
        onmessage: ({ toolCall }: sdk3.LiveServerMessage) => calls.push(...(toolCall?.functionCalls ?? [])),
      }
      const call = () =>
        emulator.sessions.at(-1)?.sendText('{"toolCall":{"functionCalls":[{"name":"get_weather"}]}}')
      const answer = (name: string) => ({ functionResponses: { name, response: { celsius: 12 } } })
      const first = await ai.live.connect({ model, config: { tools }, callbacks })
      call()
      await until(() => calls.length === 1)
      first.close()
      const second = await ai.live.connect({ model, config: { tools }, callbacks })
      const suppressed = { sent: [], suppressed: [{ id: 'get_weather', reason: 'lost' }] }
      expect(second.sendToolResponse(answer('get_weather'))).toEqual(suppressed)
      expect(() => second.sendToolResponse(answer('get_time'))).toThrow(
        'functionResponses[0].id must be the id',
      )
      call()
      await until(() => calls.length === 2)
      expect(second.sendToolResponse(answer('get_weather'))).toMatchObject({ suppressed: [] })
      second.close()
      // Before the server has read the close.
      call()
      await until(() => calls.length === 3)
      expect(second.sendToolResponse(answer('get_time'))).toMatchObject({ sent: [] })
      await until(() => emulator.sessions.at(-1)?.closed !== undefined)
      expect(emulator.sessions.at(-1)?.toolResponses.length).toBe(1)
    },
  )

  it('remembers the last 1000 calls that were lost, and no more', async () => {
    const ai = newClient()
    gate(ai)
    const calls: unknown[] = []
    const callbacks = {
      onmessage: ({ toolCall }: sdk3.LiveServerMessage) => calls.push(...(toolCall?.functionCalls ?? [])),
    }
    const lose = async (...ids: readonly string[]): Promise<void> => {
      calls.length = 0
      const session = await ai.live.connect({ model, config: { tools }, callbacks })
      emulator.sessions.at(-1)?.callTools(ids.map((id) => ({ name: 'get_weather', id })))
      await until(() => calls.length === ids.length)
      session.close()
    }
    await lose('first', 'second')
    await lose(...Array.from({ length: 999 }, (_, index) => `later ${index}`))
    const session = await ai.live.connect({ model, config: { tools }, callbacks })
    ends.push(() => session.close())
    const answer = (id: string) => session.sendToolResponse({ functionResponses: [{ id, response: {} }] })
    expect(['second', 'later 0'].map(answer)).toEqual(
      ['second', 'later 0'].map((id) => ({ sent: [], suppressed: [{ id, reason: 'lost' }] })),
    )
    expect(() => answer('first')).toThrow('functionResponses[0].id must be the id')
  })

  type Live = sdk3.GoogleGenAI['live']

  it.each<
    [
      string,
      (
        this: Live,
        live: Live,
        connect: Live['connect'],
        params: sdk3.LiveConnectParameters,
      ) => ReturnType<Live['connect']>,
    ]
  >([
    ['copies the parameters', (live, connect, params) => connect.call(live, { ...params })],
    [
      'puts callbacks of its own in place',
      function (_live, connect, { callbacks, ...params }) {
        return connect.call(this, {
          ...params,
          callbacks: { onmessage: (message) => callbacks.onmessage(message) },
        })
      },
    ],
  ])('is one gate even if a wrapper between two gates %s', async (_what, wrap) => {
    const told = new Set<string>()
    const ai = newClient()
    gate(sdk.Live, { onEvent: () => told.add('class') })
    const { live } = ai
    const { connect } = live
    live.connect = function (params) {
      return wrap.call(this, live, connect, params)
    }
    gate(ai, { onEvent: () => told.add('client'), policy: passInput() })
    expect(await saidDuringCall(ai)).toEqual(sent)
    await until(() => emulator.sessions[0]?.receivedSignals().length === 1)
    expect(told).toEqual(new Set(['client']))
  })

  it('distinguishes concurrent sessions, from the first event of each', async () => {
    const events: [string, number, string][] = []
    const sessions = new Set<ObservedSession>()
    const ai = newClient()
    gate(sdk.Live, {
      onEvent: ({ type }, session) => {
        sessions.add(session)
        events.push([type, session.number, session.model])
      },
    })
    const callbacks = { onmessage: () => {} }
    const open = async (name: string) => ai.live.connect({ model: name, config: { tools }, callbacks })
    const first = await open('gemini-2.5-flash')
    const second = await open('gemini-3.8-live')
    ends.push(() => first.close())
    second.sendRealtimeInput({ text: 'hello' })
    second.close()
    expect(events).toEqual([
      ['setup-complete', 1, 'gemini-2.5-flash'],
      ['gate-opened', 1, 'gemini-2.5-flash'],
      ['setup-complete', 2, 'gemini-3.8-live'],
      ['gate-opened', 2, 'gemini-3.8-live'],
      ['session-closed', 2, 'gemini-3.8-live'],
    ])
    expect([...sessions].map((session) => session.snapshot())).toMatchObject([
      { status: 'open', profile: 'gemini-2.5', gate: { counters: { text: { offered: 0 } } } },
      { status: 'closed', profile: 'gemini-3.8', gate: { counters: { text: { offered: 1, sent: 1 } } } },
    ])
  })

  it('counts only sessions that begin, not refused calls of connect', async () => {
    const numbers = new Set<number>()
    const ai = newClient()
    gate(ai, { onEvent: (_event, { number }) => numbers.add(number) })
    const refused = ai.live.connect({ model, callbacks: {} } as sdk3.LiveConnectParameters)
    await expect(refused).rejects.toThrow('callbacks.onmessage must be a function')
    await saidDuringCall(ai)
    expect(numbers).toEqual(new Set([1]))
  })

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('a bug of the listener')
      },
    ],
    ['rejects', () => Promise.reject(new Error('a bug of the listener'))],
  ])(
    'G3.8, G12.1: reports failures to onEvent, even if it %s, and not to the onerror of the program, where many give up',
    async (_how, fail) => {
      const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => {})
      onTestFinished(() => console.mockRestore())
      const ai = newClient()
      const told: unknown[] = []
      const errors: unknown[] = []
      gate(ai, {
        onEvent: (event, { number }) => {
          if (event.type === 'malformed-frame' || event.type === 'callback-failed') told.push([event, number])
          return fail() as undefined
        },
      })
      const callbacks = {
        onmessage: ({ serverContent }: sdk3.LiveServerMessage) => {
          if (serverContent) throw new Error('a bug of the program')
        },
        onerror: (error: unknown) => errors.push(error),
      }
      const session = await ai.live.connect({ model, callbacks })
      ends.push(() => session.close())
      const [server] = emulator.sessions
      server?.sendText('no JSON')
      server?.sendText('{"serverContent":{}}')
      await until(() => told.length === 2)
      expect(told).toEqual([
        [{ type: 'malformed-frame', problem: 'it is not JSON' }, 1],
        [{ type: 'callback-failed', error: new Error('a bug of the program') }, 1],
      ])
      expect(errors).toEqual([])
      // Also for `setup-complete` and `gate-opened`.
      await until(() => console.mock.calls.length === 4)
      expect(console.mock.calls).toEqual(Array(4).fill([new Error('a bug of the listener')]))
    },
  )

  it('reports failures to the console if there is no onEvent', async () => {
    const console = vi.spyOn(globalThis.console, 'error').mockImplementation(() => {})
    ends.push(() => console.mockRestore())
    const ai = newClient()
    gate(ai)
    const session = await ai.live.connect({ model, callbacks: { onmessage: () => {} } })
    ends.push(() => session.close())
    emulator.sessions[0]?.sendText('no JSON')
    await until(() => console.mock.calls.length > 0)
    expect(console.mock.calls).toEqual([[new Error('ignored a frame: it is not JSON')]])
  })

  it.each<[string, unknown, GateLiveOptions, object]>([
    ['nothing', undefined, {}, { code: 'invalid-options', field: 'target' }],
    ['a `live` instead of its client', 'live', {}, { code: 'invalid-options', field: 'target' }],
    ['a client without `live`', { live: null }, {}, { code: 'invalid-options', field: 'target' }],
    [
      'a listener that is not a function',
      'client',
      { onEvent: 'x' as never },
      { code: 'invalid-options', field: 'onEvent' },
    ],
    [
      'an invalid policy',
      'client',
      { policy: {} as never },
      { code: 'invalid-options', field: 'policy.audio' },
    ],
    [
      'an invalid deadline',
      'client',
      { deadlines: { byHandMs: 0 } },
      { code: 'invalid-options', field: 'deadlines.byHandMs' },
    ],
  ])('refuses %s at once, and gates nothing', async (_what, given, options, refusal) => {
    const ai = newClient()
    const target = given === 'client' ? ai : given === 'live' ? ai.live : given
    expect(() => gateLive(target as GateTarget, options)).toThrow(expect.objectContaining(refusal))
    expect(await saidDuringCall(ai)).toEqual(ungated)
  })
})
