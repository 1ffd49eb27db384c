import {
  FunctionTool,
  Gemini,
  InMemoryRunner,
  LiveRequestQueue,
  LlmAgent,
  LogLevel,
  setLogLevel,
} from '@google/adk'
import { GoogleGenAI, type HttpOptions } from '@google/genai-2'
import type { TurnReport, TurnToSpeak } from './speak-turn.ts'
import { vertexAccount } from './vertex-account.ts'

/** ADK's own connection, redirected to the emulator. */
class EmulatedGemini extends Gemini {
  readonly #baseUrl: string

  constructor(model: string, baseUrl: string, vertexai: boolean) {
    super(vertexai ? { model, ...vertexAccount } : { model, apiKey: 'test-key' })
    this.#baseUrl = baseUrl
  }

  protected override getLiveHttpOptions(): HttpOptions {
    return { ...super.getLiveHttpOptions(), baseUrl: this.#baseUrl }
  }

  override get liveApiClient(): GoogleGenAI {
    if (!this.vertexai) return super.liveApiClient
    // ADK accepts no credentials; without any, Google's library searches the network for some.
    return new GoogleGenAI({ ...vertexAccount, httpOptions: this.getLiveHttpOptions() })
  }
}

/** Lets an ADK agent speak a turn. It disconnects when the reply has ended, or when the model has said `lastWords`. */
export async function runAgent(
  baseUrl: string,
  vertexai: boolean,
  turn: TurnToSpeak,
  lastWords?: string,
): Promise<TurnReport> {
  setLogLevel(LogLevel.ERROR)
  const { model, mimeType, pieces, declaration, response } = turn
  const tool = new FunctionTool({ ...declaration, execute: () => response })
  const agent = new LlmAgent({
    name: 'assistant',
    model: new EmulatedGemini(model, baseUrl, vertexai),
    tools: [tool],
  })
  const liveRequestQueue = new LiveRequestQueue()
  for (const data of pieces) liveRequestQueue.sendRealtime({ data, mimeType })
  const events = new InMemoryRunner({ agent, appName: 'test' }).runLive({
    userId: 'user',
    sessionId: 'session',
    liveRequestQueue,
    runConfig: { inputAudioTranscription: {}, outputAudioTranscription: {} },
  })
  const calls: TurnReport['calls'][number][] = []
  let [heard, said, audioBytes] = ['', '', 0]
  for await (const { content, inputTranscription, outputTranscription, partial, turnComplete } of events) {
    if (partial) {
      heard += inputTranscription?.text ?? ''
      said += outputTranscription?.text ?? ''
    }
    for (const { functionCall, inlineData } of content?.parts ?? []) {
      if (functionCall) calls.push({ name: functionCall.name ?? '', args: functionCall.args ?? {} })
      audioBytes += atob(inlineData?.data ?? '').length
    }
    if ((turnComplete && audioBytes > 0) || said === lastWords) liveRequestQueue.close()
  }
  return { calls, heard: heard.trim(), said, audioBytes }
}
