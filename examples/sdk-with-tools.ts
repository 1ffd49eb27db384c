// The SDK, with tools. Livegate declares them, checks the arguments, runs the handlers and answers the calls.
//
//   node examples/sdk-with-tools.ts                     talks to the emulator, on this machine
//   GEMINI_API_KEY=… node examples/sdk-with-tools.ts    talks to Google

import { setTimeout as wait } from 'node:timers/promises'
import { GoogleGenAI, Modality } from '@google/genai'
import { startEmulator } from '@livegate/emulator'
import { connectLive, defineTool, holdInput } from '@livegate/genai'
import { z } from 'zod'

const apiKey = process.env.GEMINI_API_KEY
const emulator = apiKey ? undefined : await startEmulator()
if (emulator) console.log('there is no GEMINI_API_KEY: this is the emulator, not Google')

const ai = new GoogleGenAI({
  apiKey: apiKey ?? 'none',
  // The default of SDK 3, v1, lacks some preview models.
  httpOptions: { apiVersion: 'v1beta', ...(emulator && { baseUrl: emulator.url }) },
})

const get_weather = defineTool({
  description: 'The weather in a city',
  parameters: z.object({ city: z.string() }),
  timeoutMs: 10_000, // after this the model gets an error
  handler: async ({ city }, { signal }) => {
    console.log(`get_weather runs for ${city}`)
    say('Should I take an umbrella?')
    await wait(500, undefined, { signal }) // cancelled like a request, if the result is no longer needed
    return { city, celsius: 12, sky: 'light rain' }
  },
})

let turns = 0
const session = await connectLive(
  ai,
  {
    model: 'gemini-3.1-flash-live-preview',
    config: { responseModalities: [Modality.AUDIO] },
    callbacks: {
      onmessage: ({ serverContent }) => {
        if (serverContent?.turnComplete && ++turns === 2) session.close()
      },
      onerror: ({ message }) => console.error(message),
      onclose: ({ code, reason }) => {
        console.log(`closed: ${code} ${reason}`)
        void emulator?.close()
      },
    },
  },
  { tools: { get_weather }, policy: holdInput({ maxDurationMs: 10_000 }) },
)

session.on('tool-window-opened', ({ calls }) => console.log(`held for ${calls.map(({ name }) => name)}`))
session.on('call-settled', ({ call, as }) => console.log(`${call.name} is ${as}`))
session.on('session-closed', () => console.log(session.snapshot().gate.counters.text))

function say(text: string): void {
  const verdict = session.sendRealtimeInput({ text })
  console.log(`"${text}" is ${verdict.status}`)
}

say('What is the weather in Dublin?')
