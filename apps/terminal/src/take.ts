import { setTimeout } from 'node:timers/promises'
import { type LiveConnectConfig, Modality } from '@google/genai'
import type { GateSnapshot } from '@livegate/core'
import { dropInput, holdInput, type InputPolicy, passInput } from '@livegate/genai'
import { bareSdk } from './acts/bare-sdk.ts'
import { booleanFlag } from './acts/boolean-flag.ts'
import { livegate } from './acts/livegate.ts'
import type { Act, Conversation } from './acts/scene.ts'
import type { Journal } from './journal.ts'
import { cuesOf, framePace, inputOf } from './microphone.ts'
import type { Mode } from './mode.ts'
import type { Options, PolicyName } from './options.ts'
import { openServer, type Server, type ServerFacts } from './server.ts'
import { frameMs, type Speech } from './speech.ts'

export type ActName = 'bare-sdk' | 'boolean-flag' | 'livegate'

const acts: Readonly<Record<ActName, Act>> = { 'bare-sdk': bareSdk, 'boolean-flag': booleanFlag, livegate }

const policies: Readonly<Record<PolicyName, () => InputPolicy>> = {
  hold: holdInput,
  drop: dropInput,
  pass: passInput,
}

/** The record of one act in one mode: what the client saw, and what the server saw. */
export interface Take {
  readonly mode: Mode
  readonly journal: Journal
  /** Livegate's gate at the end; undefined in the other acts. */
  readonly gate: GateSnapshot | undefined
  readonly server: ServerFacts | undefined
}

/** What all takes of a demo share. */
export interface Stage {
  readonly speech: Speech
  readonly options: Pick<Options, 'policy' | 'toolMs' | 'server'>
  /** Ends the take, with an `AbortError`. */
  readonly signal: AbortSignal
}

/** How long a model may go on after the last word and the tool. */
const longestAfterMs = 20_000

/** Plays one act in one mode, from connecting to closing. `journal` can be read meanwhile. */
export async function play(act: ActName, mode: Mode, journal: Journal, stage: Stage): Promise<Take> {
  const { speech, options, signal } = stage
  const server = await openServer(options.server)
  try {
    const conversation = await begin(act, mode, journal, stage, server)
    try {
      const cues = cuesOf(speech, mode)
      const longestMs = speech.durationMs + options.toolMs + longestAfterMs
      for await (const frame of framePace(journal.start(), signal)) {
        for (const cue of cues[frame] ?? []) journal.offered(cue, conversation.offer(inputOf(cue)))
        journal.gate(conversation.isShut?.())
        if (frame < cues.length) continue
        const isOver = journal.closing !== undefined || journal.isQuietFor(server.quietMs)
        if (isOver || frame * frameMs > longestMs) break
      }
      journal.end()
      return { mode, journal, gate: conversation.snapshot?.(), server: server.facts() }
    } finally {
      conversation.close()
    }
  } finally {
    await server.close()
  }
}

/** Connects. Rejects if the connection fails, which the SDK reports only to callbacks. */
async function begin(
  act: ActName,
  mode: Mode,
  journal: Journal,
  { options, signal }: Stage,
  server: Server,
): Promise<Conversation> {
  let fail: (reason: unknown) => void = () => {}
  const failed = new Promise<never>((_, reject) => {
    fail = reject
  })
  signal.addEventListener('abort', () => fail(signal.reason), { once: true })
  const connecting = acts[act]({
    ai: server.ai,
    params: {
      model: server.model,
      config: setupFor(mode),
      callbacks: {
        onmessage: () => {},
        onerror: ({ message }) => fail(new Error(`the connection failed: ${message}`)),
        onclose: ({ code, reason: said }) => {
          // A terminal would obey what control characters say.
          const reason = said.replace(/\p{Cc}/gu, '\ufffd')
          journal.closed(code, reason)
          fail(new Error(`the server closed the connection: ${code} ${reason}`))
        },
      },
    },
    watch: (message) => journal.heard(message),
    getWeather: async () => {
      journal.toolStarted()
      // The timer must not keep the process alive, because the act may end before the tool does.
      await setTimeout(options.toolMs, undefined, { ref: false })
      journal.toolEnded()
      return { temperatureCelsius: 12, sky: 'light rain' }
    },
    policy: policies[options.policy](),
    onEvent: (event) => journal.told(event),
  })
  try {
    return await Promise.race([connecting, failed])
  } catch (error) {
    // If the connection still succeeds, close it: nobody uses it any more.
    connecting.then(
      (conversation) => conversation.close(),
      () => {},
    )
    throw error
  }
}

function setupFor(mode: Mode): LiveConnectConfig {
  const description = 'Tells the weather of today and tomorrow in a city.'
  const config = {
    responseModalities: [Modality.AUDIO],
    tools: [{ functionDeclarations: [{ name: 'get_weather', description }] }],
  }
  if (mode === 'hands-free') return config
  return { ...config, realtimeInputConfig: { automaticActivityDetection: { disabled: true } } }
}
