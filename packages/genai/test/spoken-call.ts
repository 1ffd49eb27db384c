import type { EmulatedSession, EmulatorOptions, ProfileName } from '@livegate/emulator'
import { settled } from './settled.ts'

/** A frame of 50 ms. Every sample has the frame's number, which makes it either speech or too soft for speech. */
const samplesAFrame = 800

const numbers = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + index)

/** Two sentences, each with the 500 ms of silence by which the server knows that it is over. */
export const question: readonly number[] = [...numbers(1001, 6), ...numbers(1, 10)]
export const interjection: readonly number[] = [...numbers(2001, 6), ...numbers(21, 10)]

export const mimeType = 'audio/pcm;rate=16000'
export const declaration = { name: 'get_weather', description: 'The weather in a city' } as const
export const result = { celsius: 12 } as const

export function samplesOf(frame: number): Int16Array {
  return new Int16Array(samplesAFrame).fill(frame)
}

export function base64Of(frame: number): string {
  return Buffer.from(samplesOf(frame).buffer).toString('base64')
}

/** A model of each profile: frameworks go by the name of the model. */
export const models = {
  'gemini-2.5': 'gemini-2.5-flash-native-audio-preview-12-2025',
  'gemini-3.1': 'gemini-3.1-flash-live-preview',
} as const satisfies Partial<Record<ProfileName, string>>

/**
 * A server that calls a function after the first sentence. Speech during the call ends the session on 2.5, and cancels the call on
 * 3.1: at once here, after a reported 1.5 s on the real server.
 */
export function serverOf(profile: keyof typeof models): EmulatorOptions {
  return {
    profile,
    graceMs: 0,
    script: [
      { call: [{ name: declaration.name, args: { city: 'Dublin' } }], thenSay: 'Twelve degrees.' },
      { say: 'Yes, tomorrow too.' },
    ],
    ...(profile === 'gemini-3.1' && { inputDuringCall: { action: 'cancel', on: 'turn', afterMs: 0 } }),
  }
}

/** The numbers of the frames that a server heard, which must be whole. */
function framesOf(session: EmulatedSession): number[] {
  const samples = session.receivedAudio()
  return Array.from({ length: samples.length / samplesAFrame }, (_, index) => {
    const [frame = Number.NaN, ...rest] = samples.slice(index * samplesAFrame, (index + 1) * samplesAFrame)
    return rest.every((sample) => sample === frame) ? frame : Number.NaN
  })
}

/** What the server saw of a session, as far as the client determines it. */
export function accountOf(session: EmulatedSession) {
  const sent = session.log.flatMap((entry) => (entry.kind === 'sent' ? [entry.message.type] : []))
  return {
    frames: framesOf(session),
    turns: session.turns.length,
    responses: session.toolResponses.map(({ name, response, idWas }) => ({ name, response, idWas })),
    inputsDuringWindow: session.inputsDuringWindow,
    cancelled: sent.includes('toolCallCancellation'),
    closed: session.closed,
  }
}

/** Whether the server has heard the end of all turns, and has finished its reply to the last one. */
export function isIdle({ log, turns }: EmulatedSession): boolean {
  const said = log.flatMap((entry) => (entry.kind === 'sent' ? entry.message.type : []))
  const isSilent = said.filter((type) => type !== 'sessionResumptionUpdate').at(-1) === 'turnComplete'
  return isSilent && turns.every(({ endMs }) => endMs !== undefined)
}

/** Waits until the condition holds, and lets sockets make progress meanwhile. The limit comes before that of the test, and says what for. */
export async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + 10_000
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`not within 10 s: ${condition}`)
    await settled()
  }
}
