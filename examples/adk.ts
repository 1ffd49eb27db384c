// An agent of Google's ADK. ADK connects by itself: `gateLive` gates its client in place, and the agent's code does not change.
//
//   node examples/adk.ts                     talks to the emulator, on this machine
//   GEMINI_API_KEY=… node examples/adk.ts    talks to Google

import { setTimeout as wait } from 'node:timers/promises'
import {
  FunctionTool,
  Gemini,
  InMemoryRunner,
  LiveRequestQueue,
  LlmAgent,
  LogLevel,
  setLogLevel,
} from '@google/adk'
import { startEmulator } from '@livegate/emulator'
import { gateLive } from '@livegate/genai'

const apiKey = process.env.GEMINI_API_KEY
const emulator = apiKey ? undefined : await startEmulator({ profile: 'gemini-3.1' })
if (emulator) {
  console.log('there is no GEMINI_API_KEY: this is the emulator, not Google')
  process.env.GOOGLE_GEMINI_BASE_URL = emulator.url
}

const model = new Gemini({ model: 'gemini-3.1-flash-live-preview', apiKey: apiKey ?? 'none' })

// The only change: from now on, every session of the model's client is gated.
gateLive(model.liveApiClient, {
  onEvent: ({ type }, { number }) => console.log(`· session ${number}: ${type}`),
})

setLogLevel(LogLevel.ERROR)
const queue = new LiveRequestQueue()

const getWeather = new FunctionTool({
  name: 'get_weather',
  description: 'The weather in Dublin',
  execute: async () => {
    console.log('get_weather runs')
    say('Should I take an umbrella?')
    await wait(500) // the weather takes its time
    return { celsius: 12, sky: 'light rain' }
  },
})

function say(text: string): void {
  console.log(`"${text}"`)
  queue.sendContent({ role: 'user', parts: [{ text }] })
}

const agent = new LlmAgent({ name: 'assistant', model, tools: [getWeather] })
const events = new InMemoryRunner({ agent, appName: 'example' }).runLive({
  userId: 'user',
  sessionId: 'session',
  liveRequestQueue: queue,
})

say('What is the weather in Dublin?')
let turns = 0
for await (const { turnComplete } of events) {
  if (turnComplete && ++turns === 2) queue.close()
}
console.log('the agent is done')
await emulator?.close()
