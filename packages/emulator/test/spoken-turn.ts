import { readFileSync } from 'node:fs'
import {
  type EmulatedSession,
  type Emulator,
  type EmulatorOptions,
  type ProfileName,
  startEmulator,
} from '../src/index.ts'
import { pcmOfSamples, samplesOfWav } from '../src/pcm.ts'
import { sentences, speak } from '../src/voice.ts'
import type { TurnReport, TurnToSpeak } from './clients/speak-turn.ts'

const twoSentences = samplesOfWav(readFileSync(new URL('fixtures/two-sentences.wav', import.meta.url)))

/** The first sentence of the recording, up to the sample that ends the turn: later audio would come during the call. */
const question = twoSentences.subarray(0, 28_800)

// 20 ms, as a microphone delivers them.
const samplesAPiece = 320

/** A model of each profile. Some clients depend on its name. */
const models: Readonly<Record<ProfileName, string>> = {
  'gemini-2.5': 'gemini-2.5-flash-native-audio-preview-12-2025',
  'gemini-3.1': 'gemini-3.1-flash-live-preview',
  'gemini-3.8': 'gemini-3.8-live',
  vertex: 'gemini-live-2.5-flash-native-audio',
}

export const profiles = Object.keys(models) as readonly ProfileName[]

/** The turn that every client speaks: a question whose answer needs a call. */
export function turnToSpeak(profile: ProfileName): TurnToSpeak {
  const pieces: string[] = []
  for (let at = 0; at < question.length; at += samplesAPiece)
    pieces.push(pcmOfSamples(question.subarray(at, at + samplesAPiece)).toString('base64'))
  return {
    model: models[profile],
    declaration: { name: 'get_weather', description: 'The weather in a city' },
    mimeType: 'audio/pcm;rate=16000',
    pieces,
    response: { celsius: 12 },
  }
}

/** What every client must receive, and the emulator from it. */
export const spokenTurn = {
  client: {
    calls: [{ name: 'get_weather', args: { city: 'Dublin' } }],
    heard: 'What is the weather in Dublin?',
    said: sentences.weather,
    audioBytes: speak(sentences.weather).byteLength,
  } satisfies TurnReport,
  emulator: {
    audio: question,
    turns: [{ source: 'speech', firstSample: 0, samples: question.length }],
    responses: [{ name: 'get_weather', response: { celsius: 12 }, idWas: 'pending' }],
    inputsDuringWindow: { grace: 0, violations: 0 },
  },
} as const

/** What the emulator received from a client, as far as the client decides it. */
function accountOf(session: EmulatedSession) {
  return {
    audio: session.receivedAudio(),
    turns: session.turns.map(({ source, firstSample, samples }) => ({ source, firstSample, samples })),
    responses: session.toolResponses.map(({ name, response, idWas }) => ({ name, response, idWas })),
    inputsDuringWindow: session.inputsDuringWindow,
  }
}

/**
 * Lets a client speak its turn to a strict emulator, and returns what both saw. Rejects if the client breaks a rule of the
 * protocol, because some clients would then wait for ever.
 */
export async function converse<Report>(
  options: EmulatorOptions,
  speakTurn: (server: Pick<Emulator, 'url' | 'certificate'>) => Report,
) {
  let refuse: (reason: string) => void = () => {}
  const refused = new Promise<never>((_resolve, reject) => {
    refuse = (reason) => reject(new Error(`the emulator refused: ${reason}`))
  })
  const emulator = await startEmulator({
    ...options,
    strict: true,
    onEntry: (entry, session) => {
      if (entry.kind === 'violation') refuse(entry.reason)
      options.onEntry?.(entry, session)
    },
  })
  try {
    const client = await Promise.race([speakTurn(emulator), refused])
    const [session, ...others] = emulator.sessions
    if (session === undefined || others.length > 0) throw new Error(`${emulator.sessions.length} sessions`)
    return { client, emulator: accountOf(session), connection: session.connection }
  } finally {
    await emulator.close()
  }
}
