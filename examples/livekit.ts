// The realtime model of LiveKit Agents. LiveKit connects by itself: `gateLive` gates its copy of the SDK in place.
//
//   node examples/livekit.ts [speech.wav]                     talks to the emulator, on this machine
//   GEMINI_API_KEY=… node examples/livekit.ts [speech.wav]    talks to Google
//
// The file is speech as 16 kHz mono WAV. The default has two sentences, the second of which is said while the tool runs.

import { readFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
// LiveKit's copy of the SDK. In a program that has the same version, this is simply `@google/genai`.
import { Live } from '@google/genai-2'
import { startEmulator } from '@livegate/emulator'
import { gateLive } from '@livegate/genai'
import { initializeLogger, llm } from '@livekit/agents'
import { realtime } from '@livekit/agents-plugin-google'
import { AudioFrame } from '@livekit/rtc-node'
import { z } from 'zod'

const apiKey = process.env.GEMINI_API_KEY
const emulator = apiKey ? undefined : await startEmulator()
if (emulator) console.log('there is no GEMINI_API_KEY: this is the emulator, not Google')

gateLive(Live, {
  onEvent: ({ type }, { number }) => console.log(`· session ${number}: ${type}`),
})

/** LiveKit's own gate throws away what is said while a tool runs. It must be off, so that Livegate can hold it. */
class OpenRealtimeModel extends realtime.RealtimeModel {
  override session(): ReturnType<realtime.RealtimeModel['session']> {
    return Object.defineProperty(super.session(), 'shouldBlockRealtimeInputForPendingTools', {
      value: () => false,
    })
  }
}

initializeLogger({ pretty: true, level: 'fatal' })
const model = new OpenRealtimeModel({
  model: 'gemini-2.5-flash-native-audio-preview-12-2025',
  apiKey: apiKey ?? 'none',
  ...(emulator && { httpOptions: { baseUrl: emulator.url } }),
})

// In an agent, `new voice.AgentSession({ llm: model })` does all of this. Here it is done by hand, without a room.
const session = model.session()
await session.updateTools(
  new llm.ToolContext([
    llm.tool({
      name: 'get_weather',
      description: 'The weather in Dublin',
      parameters: z.object({ city: z.string().optional() }),
      execute: async () => {
        console.log('get_weather runs')
        await wait(2000) // the weather takes its time
        return { celsius: 12, sky: 'light rain' }
      },
    }),
  ]),
)

let replies = 0
// LiveKit also reports an error after it has closed the session itself.
session.on('error', ({ error }) => {
  if (replies < 2) console.error(error)
})

session.on('generation_created', async ({ functionStream }) => {
  let called = false
  for await (const call of functionStream) {
    called = true
    const tool = session.tools.functionTools[call.name]
    const result = await tool?.execute(JSON.parse(call.args), {} as never)
    const output = llm.FunctionCallOutput.create({
      callId: call.callId,
      name: call.name,
      output: JSON.stringify(result),
      isError: false,
    })
    const context = session.chatCtx
    context.insert([call, output])
    await session.updateChatCtx(context)
  }
  if (called) return
  console.log('the model speaks')
  if (++replies === 2) {
    await session.close()
    await emulator?.close()
  }
})

const [, , file = new URL('../packages/emulator/test/fixtures/two-sentences.wav', import.meta.url)] =
  process.argv
const speech = readFileSync(file).subarray(44)
for (let at = 0; at + 1600 <= speech.length; at += 1600) {
  const samples = new Int16Array(800)
  for (let index = 0; index < 800; index++) samples[index] = speech.readInt16LE(at + 2 * index)
  session.pushAudio(new AudioFrame(samples, 16_000, 1, 800))
  await wait(50) // a microphone gives 50 ms in 50 ms
}
