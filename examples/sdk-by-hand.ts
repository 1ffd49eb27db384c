// The SDK, with calls that the program answers itself. What the user says while a call is pending waits.
//
//   node examples/sdk-by-hand.ts                     talks to the emulator, on this machine
//   GEMINI_API_KEY=… node examples/sdk-by-hand.ts    talks to Google

import { setTimeout as wait } from 'node:timers/promises'
import { GoogleGenAI, Modality } from '@google/genai'
import { startEmulator } from '@livegate/emulator'
import { connectLive } from '@livegate/genai'

const apiKey = process.env.GEMINI_API_KEY
const emulator = apiKey ? undefined : await startEmulator()
if (emulator) console.log('there is no GEMINI_API_KEY: this is the emulator, not Google')

const ai = new GoogleGenAI({
  apiKey: apiKey ?? 'none',
  // The default of SDK 3, v1, lacks some preview models.
  httpOptions: { apiVersion: 'v1beta', ...(emulator && { baseUrl: emulator.url }) },
})

let turns = 0
const session = await connectLive(
  ai,
  {
    model: 'gemini-2.5-flash-native-audio-preview-12-2025',
    config: {
      responseModalities: [Modality.AUDIO],
      tools: [{ functionDeclarations: [{ name: 'get_weather', description: 'The weather in Dublin' }] }],
    },
    callbacks: {
      onmessage: async ({ toolCall, serverContent }) => {
        for (const { id, name } of toolCall?.functionCalls ?? []) {
          console.log(`the model calls ${name}`)
          say('Should I take an umbrella?')
          await wait(500) // the weather takes its time
          session.sendToolResponse({
            functionResponses: { id, response: { celsius: 12, sky: 'light rain' } },
          })
          console.log('answered')
        }
        if (serverContent?.turnComplete && ++turns === 2) session.close()
      },
      onerror: ({ message }) => console.error(message),
      onclose: ({ code, reason }) => {
        console.log(`closed: ${code} ${reason}`)
        void emulator?.close()
      },
    },
  },
  { onEvent: ({ type }) => console.log(`· ${type}`) },
)

function say(text: string): void {
  const verdict = session.sendRealtimeInput({ text })
  console.log(`"${text}" is ${verdict.status}`)
}

say('What is the weather in Dublin?')
