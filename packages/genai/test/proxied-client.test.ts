import { inspect } from 'node:util'
import type * as sdk3 from '@google/genai'
import { type Emulator, startEmulator } from '@livegate/emulator'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ConnectLiveEvent, connectLive, gateLive } from '../src/index.ts'
import { sdks } from './sdks.ts'
import { until } from './spoken-call.ts'

/** How a proxy hands out a method of the object behind it. */
type HandOut = (method: (...given: unknown[]) => unknown, owner: object) => unknown

/** Wraps an object and all objects in it, each anew whenever it is asked for, as Sentry 10 wraps every client in Node. */
function proxied<Whole extends object>(whole: Whole, handOut: HandOut): Whole {
  return new Proxy(whole, {
    get(owner, name, receiver) {
      const value = Reflect.get(owner, name, receiver)
      if (typeof value === 'function') return handOut(value as Parameters<HandOut>[0], owner)
      return typeof value === 'object' && value !== null ? proxied(value, handOut) : value
    },
  })
}

const bound: HandOut = (method, owner) => method.bind(owner)
const called: HandOut =
  (method, owner) =>
  (...given: unknown[]) =>
    method.apply(owner, given)

const params = {
  model: 'gemini-2.5-flash-native-audio',
  callbacks: { onmessage: () => {}, onerror: () => {} },
}

describe.each(sdks)('a client of @google/genai %s behind a proxy', (_, sdk) => {
  let emulator: Emulator
  let bare: sdk3.GoogleGenAI

  beforeEach(async () => {
    emulator = await startEmulator()
    bare = new sdk.GoogleGenAI({ apiKey: 'test-key', httpOptions: { baseUrl: emulator.url } })
  })

  afterEach(() => emulator.close())

  /** Connects through the proxy as each of the two ways does. */
  const ways: readonly (readonly [
    string,
    (ai: sdk3.GoogleGenAI, options: Parameters<typeof gateLive>[1]) => Promise<sdk3.Session>,
  ])[] = [
    ['connectLive', (ai, options) => connectLive(ai, params, options as object)],
    [
      'gateLive',
      (ai, options) => {
        using _ungate = gateLive(ai, options)
        return ai.live.connect(params)
      },
    ],
  ]

  it.each(ways)('that binds its methods is guarded like any other by %s', async (_way, connect) => {
    const ai = proxied(bare, bound)
    const events: ConnectLiveEvent['type'][] = []
    const onEvent = ({ type }: ConnectLiveEvent): void => void events.push(type)
    const session = await connect(ai, { onEvent })
    emulator.sessions[0]?.sendText('no JSON')
    await until(() => events.includes('malformed-frame'))
    expect(inspect(session, { depth: 9, showHidden: true })).not.toContain('test-key')
    session.close()
    emulator.injectNext({ fault: 'silence' })
    await expect(connect(ai, { onEvent, deadlines: { setupMs: 1 } })).rejects.toThrow('no setupComplete')
    await until(() => emulator.sessions.every(({ closed }) => closed))
    expect(events).not.toContain('unsupported-sdk')
  })

  it('that binds its methods has one gate, however often it is gated, and its own method again after it', async () => {
    const ai = proxied(bare, bound)
    const told: number[] = []
    const ungates = [1, 2].map((place) =>
      gateLive(ai, { onEvent: ({ type }) => type === 'setup-complete' && told.push(place) }),
    )
    const sessions = [await ai.live.connect(params)]
    const gated = bare.live.connect
    ungates[1]?.()
    sessions.push(await ai.live.connect(params))
    expect(bare.live.connect).toBe(gated)
    ungates[0]?.()
    sessions.push(await ai.live.connect(params))
    expect(told).toEqual([2, 1])
    expect(Object.hasOwn(bare.live, 'connect')).toBe(false)
    for (const session of sessions) session.close()
  })

  it.each(ways)('that binds its methods keeps what was put in place of one: %s', async (_way, connect) => {
    const models: string[] = []
    bare.live.connect = function (given) {
      models.push(given.model)
      return sdk.Live.prototype.connect.call(this, given)
    }
    const session = await connect(proxied(bare, bound), {})
    session.close()
    expect(models).toEqual([params.model])
  })

  it.each(ways)(
    'that calls its methods on the bare client is reported once by %s, which goes on',
    async (_way, connect) => {
      const told: unknown[] = []
      const session = await connect(proxied(bare, called), {
        onEvent: (event) => told.push(event.type === 'unsupported-sdk' ? event.error.message : event.type),
      })
      expect(told).toEqual([
        expect.stringMatching(
          /^live.webSocketFactory.create must be called by connect, as in .*; got "no call"$/,
        ),
        'setup-complete',
        'gate-opened',
      ])
      session.close()
      await until(() => emulator.sessions[0]?.closed !== undefined)
    },
  )
})
