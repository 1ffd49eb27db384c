import { Live } from '@google/genai-2'
import { startEmulator } from '@livegate/emulator'
import { initializeLogger, llm } from '@livekit/agents'
import { realtime } from '@livekit/agents-plugin-google'
import { AudioFrame } from '@livekit/rtc-node'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { z } from 'zod'
import { type GateLiveOptions, gateLive, type ObservedSession } from '../src/index.ts'
import {
  accountOf,
  declaration,
  interjection,
  isIdle,
  models,
  question,
  result,
  samplesOf,
  serverOf,
  until,
} from './spoken-call.ts'

/** LiveKit's own gate: the method of its session that decides whether input is thrown away. */
const ownGate = 'shouldBlockRealtimeInputForPendingTools'

type Profile = keyof typeof models
type Session = ReturnType<realtime.RealtimeModel['session']>

/** LiveKit with its own gate off, as the README says. */
class OpenRealtimeModel extends realtime.RealtimeModel {
  override session(): Session {
    const session = super.session()
    if (!(ownGate in session))
      throw new Error('LiveKit has moved its own gate: the README names the old method')
    Object.defineProperty(session, ownGate, { value: () => false })
    return session
  }
}

beforeAll(() => initializeLogger({ pretty: false, level: 'fatal' }))

const answered = { name: declaration.name, response: { output: JSON.stringify(result) } }

/** Lets a LiveKit session hear two sentences, the second while its tool runs. The tool ends when `isSaid` holds. */
async function converse(
  profile: Profile,
  Model: typeof realtime.RealtimeModel,
  isSaid: (account: ReturnType<typeof accountOf>) => boolean,
) {
  const emulator = await startEmulator(serverOf(profile))
  onTestFinished(() => emulator.close())
  const httpOptions = { baseUrl: emulator.url }
  const session = new Model({ model: models[profile], apiKey: 'test-key', httpOptions }).session()
  onTestFinished(() => session.close())
  // LiveKit also reports an error when its connection ends.
  session.on('error', () => {})
  await session.updateTools(
    new llm.ToolContext([
      llm.tool({ ...declaration, parameters: z.object({ city: z.string() }), execute: async () => result }),
    ]),
  )
  const called = new Promise<llm.FunctionCall>((resolve) => {
    session.on('generation_created', async ({ functionStream }) => {
      for await (const call of functionStream) resolve(call)
    })
  })
  const say = (frames: readonly number[]): void => {
    for (const frame of frames) {
      const samples = samplesOf(frame)
      session.pushAudio(new AudioFrame(samples, 16_000, 1, samples.length))
    }
  }
  say(question)
  const call = await called
  const [server, ...others] = emulator.sessions
  if (!server || others.length > 0) throw new Error(`${emulator.sessions.length} sessions`)
  say(interjection)
  await until(() => isSaid(accountOf(server)))
  const output = llm.FunctionCallOutput.create({
    callId: call.callId,
    name: call.name,
    output: JSON.stringify(result),
    isError: false,
  })
  await session.updateChatCtx(new llm.ChatContext([call, output]))
  await until(() => server.closed !== undefined || (server.toolResponses.length > 0 && isIdle(server)))
  return accountOf(server)
}

/** Gates all sessions of LiveKit's copy of the SDK until the end of the test. */
function gated(): () => boolean {
  let session: ObservedSession | undefined
  const onEvent: GateLiveOptions['onEvent'] = (_event, observed) => {
    session = observed
  }
  onTestFinished(gateLive(Live, { onEvent }))
  return () => session?.snapshot().gate.counters.audio.held === interjection.length
}

const profiles = ['gemini-2.5', 'gemini-3.1'] as const

describe('a LiveKit session whose user speaks while a tool runs', () => {
  it.each(profiles)('with its own gate, throws away what is said: %s', async (profile) => {
    expect(await converse(profile, realtime.RealtimeModel, () => true)).toEqual({
      frames: question,
      turns: 1,
      responses: [{ ...answered, idWas: 'pending' }],
      inputsDuringWindow: { grace: 0, violations: 0 },
      cancelled: false,
      closed: undefined,
    })
  })

  it('without any gate, loses its connection on 2.5', async () => {
    const account = await converse('gemini-2.5', OpenRealtimeModel, ({ closed }) => closed !== undefined)
    expect(account).toEqual({
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

  it('without any gate, has its call cancelled on 3.1', async () => {
    expect(await converse('gemini-3.1', OpenRealtimeModel, ({ cancelled }) => cancelled)).toEqual({
      frames: [...question, ...interjection],
      turns: 2,
      responses: [{ ...answered, idWas: 'cancelled' }],
      inputsDuringWindow: { grace: 0, violations: 0, accepted: 2 },
      cancelled: true,
      closed: undefined,
    })
  })

  it.each(profiles)('with gateLive in place of its own gate, loses no word: %s', async (profile) => {
    const isHeld = gated()
    expect(await converse(profile, OpenRealtimeModel, isHeld)).toEqual({
      frames: [...question, ...interjection],
      turns: 2,
      responses: [{ ...answered, idWas: 'pending' }],
      inputsDuringWindow: { grace: 0, violations: 0 },
      cancelled: false,
      closed: undefined,
    })
  })
})
