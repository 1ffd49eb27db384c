import {
  FunctionTool,
  Gemini,
  InMemoryRunner,
  LiveRequestQueue,
  LlmAgent,
  LogLevel,
  setLogLevel,
} from '@google/adk'
import { type HttpOptions, Live } from '@google/genai-2'
import { startEmulator } from '@livegate/emulator'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type GateLiveOptions, gateLive, type ObservedSession, type Ungate } from '../src/index.ts'
import {
  accountOf,
  base64Of,
  declaration,
  interjection,
  isIdle,
  mimeType,
  models,
  question,
  result,
  serverOf,
  until,
} from './spoken-call.ts'

/** ADK's own model, connected to the emulator. */
class EmulatedGemini extends Gemini {
  readonly #baseUrl: string

  constructor(model: string, baseUrl: string) {
    super({ model, apiKey: 'test-key' })
    this.#baseUrl = baseUrl
  }

  protected override getLiveHttpOptions(): HttpOptions {
    return { ...super.getLiveHttpOptions(), baseUrl: this.#baseUrl }
  }
}

/** Gates a model. Returns a function that says whether the second sentence waits at the gate. */
type Gate = (model: Gemini) => () => boolean

/** Lets an ADK agent hear two sentences, the second while its tool runs. */
async function converse(profile: keyof typeof models, gate: Gate) {
  setLogLevel(LogLevel.ERROR)
  // With 2.5, ADK runs tools only at the end of the model's turn.
  const emulator = await startEmulator({ ...serverOf(profile), calls: { endTurn: true } })
  const model = new EmulatedGemini(models[profile], emulator.url)
  const isHeld = gate(model)
  const queue = new LiveRequestQueue()
  const say = (frames: readonly number[]): void => {
    for (const frame of frames) queue.sendRealtime({ data: base64Of(frame), mimeType })
  }
  const execute = async () => {
    const [server] = emulator.sessions
    if (!server) throw new Error('nobody connected')
    say(interjection)
    await until(() => isHeld() || server.closed !== undefined || accountOf(server).cancelled)
    return result
  }
  const agent = new LlmAgent({
    name: 'assistant',
    model,
    tools: [new FunctionTool({ ...declaration, execute })],
  })
  const events = new InMemoryRunner({ agent, appName: 'test' }).runLive({
    userId: 'user',
    sessionId: 'session',
    liveRequestQueue: queue,
  })
  say(question)
  for await (const _ of events) {
    const [server] = emulator.sessions
    if (server?.turns.length === 2 && isIdle(server)) queue.close()
  }
  const [server] = emulator.sessions
  await until(() => server?.closed !== undefined)
  await emulator.close()
  return server && accountOf(server)
}

const bare: Gate = () => () => false

/** Gates the model until the end of the test. */
function gated(gateModel: (model: Gemini, options: GateLiveOptions) => Ungate): Gate {
  return (model) => {
    let session: ObservedSession | undefined
    const onEvent: GateLiveOptions['onEvent'] = (_event, observed) => {
      session = observed
    }
    onTestFinished(gateModel(model, { onEvent }))
    return () => session?.snapshot().gate.counters.audio.held === interjection.length
  }
}

describe('an ADK agent whose user speaks while a tool runs', () => {
  it('ungated, loses its session on 2.5', async () => {
    expect(await converse('gemini-2.5', bare)).toEqual({
      frames: [...question, interjection[0]],
      turns: 1,
      responses: [],
      inputsDuringWindow: { grace: 0, violations: 1 },
      cancelled: false,
      closed: {
        code: 1008,
        reason: 'Operation is not implemented, or supported, or enabled.',
        by: 'server',
      },
    })
  })

  it('ungated, has its call cancelled on 3.1', async () => {
    expect(await converse('gemini-3.1', bare)).toEqual({
      frames: [...question, ...interjection],
      turns: 2,
      responses: [{ name: declaration.name, response: result, idWas: 'cancelled' }],
      inputsDuringWindow: { grace: 0, violations: 0, accepted: 2 },
      cancelled: true,
      closed: { code: 1005, reason: '', by: 'client' },
    })
  })

  const gates: readonly (readonly [string, Gate])[] = [
    ["the model's client", gated((model, options) => gateLive(model.liveApiClient, options))],
    ["the SDK's class", gated((_model, options) => gateLive(Live, options))],
  ]
  const profiles = ['gemini-2.5', 'gemini-3.1'] as const
  it.each(gates.flatMap(([how, gate]) => profiles.map((profile) => [profile, how, gate] as const)))(
    'gated, loses no word: on %s, by %s',
    async (profile, _how, gate) => {
      expect(await converse(profile, gate)).toEqual({
        frames: [...question, ...interjection],
        turns: 2,
        responses: [{ name: declaration.name, response: result, idWas: 'pending' }],
        inputsDuringWindow: { grace: 0, violations: 0 },
        cancelled: false,
        closed: { code: 1005, reason: '', by: 'client' },
      })
    },
  )
})
