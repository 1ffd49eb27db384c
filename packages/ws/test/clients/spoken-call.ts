import { type ConnectLiveOptions, connectLive } from '../../src/index.ts'

/** The outcome of a session over the platform's own socket. */
export interface Outcome {
  readonly verdicts: readonly string[]
  /** The number of decoded samples from the server. */
  readonly heard: number
  readonly close: { readonly code: number; readonly reason: string }
  /** The error for a server that is not there, and whether it came before the deadline. */
  readonly unheard: string
}

const webSocket = WebSocket as NonNullable<ConnectLiveOptions['webSocket']>

/** Long enough for a pong, but short for a test. */
const silenceMs = 400

/**
 * Runs a session over the platform's own `WebSocket`: asks, speaks while the tool runs, hears the whole answer, and then stays silent
 * for a while. Every sample of a frame has the frame's number.
 */
export async function speakDuringCall(url: string): Promise<Outcome> {
  const verdicts: string[] = []
  let heard = 0
  let number = 0
  const speak = (): void => {
    verdicts.push(session.sendRealtimeInput({ audio: new Int16Array(320).fill(++number) }).status)
  }
  let end = (_: Outcome['close']): void => {}
  const closed = new Promise<Outcome['close']>((resolve) => {
    end = resolve
  })
  const options: ConnectLiveOptions = {
    apiKey: 'test-key',
    url,
    model: 'gemini-2.5-flash-native-audio',
    config: { tools: [{ functionDeclarations: [{ name: 'get_weather' }] }] },
    tools: {
      get_weather: async () => {
        for (let frame = 0; frame < 5; frame++) speak()
        await new Promise((resolve) => setTimeout(resolve, 20))
        return { celsius: 12 }
      },
    },
    webSocket,
    deadlines: { silenceMs },
    callbacks: {
      onmessage: ({ serverContent }) => {
        for (const { inlineData } of serverContent?.modelTurn?.parts ?? []) {
          heard += (inlineData?.data?.length ?? 0) / 2
        }
        if (serverContent?.turnComplete) setTimeout(() => session.close(), 2 * silenceMs)
      },
      onclose: ({ code, reason }) => end({ code, reason }),
    },
  }
  const session = await connectLive(options)
  for (let frame = 0; frame < 5; frame++) speak()
  session.sendRealtimeInput({ text: 'What is the weather in Dublin?' })
  return { close: await closed, verdicts, heard, unheard: await callNobody() }
}

async function callNobody(): Promise<string> {
  const connectMs = 10_000
  const startMs = Date.now()
  // Nothing listens there.
  const error: { code?: string; message?: string } = await connectLive({
    url: 'ws://127.0.0.1:2',
    model: 'gemini-2.5-flash-native-audio',
    webSocket,
    deadlines: { connectMs },
    callbacks: { onerror: () => {} },
  }).catch((each) => each)
  return `${error.code}: ${error.message}; ${Date.now() - startMs < connectMs ? 'before' : 'at'} its deadline`
}
