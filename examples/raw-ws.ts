// A session over `ws`, without the SDK. Livegate runs the tools and answers the calls.
//
//   node examples/raw-ws.ts                     talks to the emulator, on this machine
//   GEMINI_API_KEY=… node examples/raw-ws.ts    talks to Google

import { startEmulator } from '@livegate/emulator'
import { connectLive } from '@livegate/ws'

const apiKey = process.env.GEMINI_API_KEY
const emulator = apiKey ? undefined : await startEmulator()
if (emulator) console.log('there is no GEMINI_API_KEY: this is the emulator, not Google')

const parameters = { type: 'OBJECT', properties: { city: { type: 'STRING' } } }
let turns = 0
let samples = 0
const session = await connectLive({
  apiKey: apiKey ?? 'none',
  ...(emulator && { url: emulator.url }),
  model: 'gemini-2.5-flash-native-audio-preview-12-2025',
  config: {
    responseModalities: ['AUDIO'],
    outputAudioTranscription: {},
    tools: [{ functionDeclarations: [{ name: 'get_weather', parameters }] }],
  },
  tools: {
    get_weather: ({ city }) => {
      console.log(`get_weather runs for ${city}`)
      say('Should I take an umbrella?')
      return { city, celsius: 12, sky: 'light rain' }
    },
  },
  callbacks: {
    onmessage: ({ serverContent }) => {
      // Audio is decoded: 16-bit samples of 24 kHz.
      for (const { inlineData } of serverContent?.modelTurn?.parts ?? [])
        samples += (inlineData?.data?.length ?? 0) / 2
      if (serverContent?.turnComplete && ++turns === 2) session.close()
    },
    onerror: ({ message }) => console.error(message),
    onclose: ({ code, reason }) => {
      console.log(samples > 24_000 ? 'the model spoke for more than a second' : 'the model hardly spoke')
      console.log(`closed: ${code} ${reason}`)
      void emulator?.close()
    },
  },
})

session.on('call-settled', ({ call, as }) => console.log(`${call.name} is ${as}`))

function say(text: string): void {
  const verdict = session.sendRealtimeInput({ text })
  console.log(`"${text}" is ${verdict.status}`)
}

say('What is the weather in Dublin?')
