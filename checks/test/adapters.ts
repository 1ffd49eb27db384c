/** Livegate's adapters, each as a function that connects to an emulator, so that one test can run with all of them. */
import { GoogleGenAI, type GoogleGenAIOptions, type LiveConnectConfig } from '@google/genai'
import { GoogleGenAI as GoogleGenAI2 } from '@google/genai-2'
import { connectLive as connectBrowser } from '@livegate/browser'
import type { InputPolicy, RealtimeInput, Verdict } from '@livegate/core'
import type { Clock, LiveSession, Tools } from '@livegate/core/session'
import { connectLive as connectSdk } from '@livegate/genai'
import { connectLive, type SocketFactory } from '@livegate/ws'

/** The options of a session, for any adapter. */
interface AdapterOptions {
  /** The emulator's `http:` address. */
  readonly url: string
  readonly vertex: boolean
  readonly model: string
  readonly config: {
    readonly tools: readonly object[]
    readonly realtimeInputConfig?: { readonly automaticActivityDetection: { readonly disabled: boolean } }
    readonly outputAudioTranscription?: object
  }
  readonly tools: Tools
  readonly policy?: InputPolicy
  readonly clock?: Clock
  /** Called with every message of the server, after the session has handled it. */
  readonly onMessage: (message: AdaptedMessage) => void
}

/** The parts of a message that the tests read, from any adapter. Media are in base64 or decoded. */
export interface AdaptedMessage {
  readonly usageMetadata?: { readonly totalTokenCount?: number }
  readonly serverContent?: {
    readonly turnComplete?: boolean
    readonly outputTranscription?: { readonly text?: string }
    readonly modelTurn?: {
      readonly parts?: readonly { readonly inlineData?: { readonly data?: string | Uint8Array } }[]
    }
  }
}

/** The methods of a session that the tests use. */
export interface AdaptedSession
  extends Pick<LiveSession, 'calls' | 'snapshot' | 'sendToolResponse' | 'close'> {
  sendRealtimeInput(input: RealtimeInput): Verdict
  sendClientContent(content: { readonly turns: string; readonly turnComplete: boolean }): void
}

/** Connects a session of an adapter. The adapter leaves no timer of its own on the clock once the session is open. */
export type ConnectAdapter = (options: AdapterOptions) => Promise<AdaptedSession>

/** The address, with the path of Vertex AI if needed, and the credential. */
const endpointFor = (url: string, vertex: AdapterOptions['vertex']) =>
  vertex
    ? { url: `${url}/ws/google.cloud.aiplatform.v1beta1.LlmBidiService/BidiGenerateContent` }
    : { url, apiKey: 'any' }

const overSocket =
  (webSocket?: SocketFactory): ConnectAdapter =>
  ({ onMessage, url, vertex, ...options }) =>
    connectLive({
      ...options,
      ...endpointFor(url, vertex),
      deadlines: { silenceMs: Number.POSITIVE_INFINITY },
      callbacks: { onmessage: onMessage, onerror: () => {} },
      ...(webSocket && { webSocket }),
    })

/** The browser's adapter, which needs only a `WebSocket` for these tests. */
const inBrowser: ConnectAdapter = async ({ onMessage, url, vertex, ...options }) => {
  const endpoint = endpointFor(url, vertex)
  const session = await connectBrowser({ ...options, ...endpoint, dangerouslyAllowApiKey: true })
  session.onMessage(onMessage)
  return session
}

/** An account with an invented token. */
const account = {
  vertexai: true,
  project: 'p',
  location: 'us-central1',
  googleAuthOptions: {
    authClient: { getRequestHeaders: async () => new Headers({ authorization: 'Bearer any' }) },
  },
}

const overSdk =
  (Client: typeof GoogleGenAI): ConnectAdapter =>
  ({ url, vertex, model, config, onMessage, ...options }) => {
    const credentials = (vertex ? account : { apiKey: 'any' }) as GoogleGenAIOptions
    const ai = new Client({ ...credentials, httpOptions: { baseUrl: url } })
    const callbacks = { onmessage: onMessage as (message: object) => void, onerror: () => {} }
    return connectSdk(ai, { model, config: config as LiveConnectConfig, callbacks }, options)
  }

export const adapters: readonly (readonly [name: string, connect: ConnectAdapter])[] = [
  ['ws', overSocket()],
  ["the platform's WebSocket", overSocket(WebSocket)],
  ['the browser', inBrowser],
  ['the SDK 3.x', overSdk(GoogleGenAI)],
  ['the SDK 2.x', overSdk(GoogleGenAI2 as unknown as typeof GoogleGenAI)],
]

/** The emulator's profiles, each with one of its models. */
export const profiles = [
  ['gemini-2.5', 'gemini-2.5-flash-native-audio'],
  ['gemini-3.1', 'gemini-3.1-flash-live-preview'],
  ['gemini-3.8', 'gemini-3.8-live'],
  ['vertex', 'projects/p/locations/l/publishers/google/models/any'],
] as const
