import type { EmulatedSession, EmulatorOptions, ProfileName } from '@livegate/emulator'
import { settled } from './settled.ts'

/** 50 ms. Every sample of a frame has the frame's number: loud, or too soft to be speech. */
const samplesAFrame = 800

const numbers = (from: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => from + index)

/** Two sentences, and the 500 ms of silence by which the server knows that they are over. */
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

/** A model of each profile, by whose name frameworks go. */
export const models = {
  'gemini-2.5': 'gemini-2.5-flash-native-audio-preview-12-2025',
  'gemini-3.1': 'gemini-3.1-flash-live-preview',
} as const satisfies Partial<Record<ProfileName, string>>

/**
 * A server that calls a function for the first sentence. Speech during the call ends the session on 2.5, and cancels the call on
 * 3.1: at once, where the real one is said to take 1.5 s.
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

/** What a server has to tell of a session, so far as its client decides it. */
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

/** Whether the server knows the turns that it heard to be over, and has said what it has to say to the last of them. */
export function isIdle({ log, turns }: EmulatedSession): boolean {
  const said = log.flatMap((entry) => (entry.kind === 'sent' ? entry.message.type : []))
  const isSilent = said.filter((type) => type !== 'sessionResumptionUpdate').at(-1) === 'turnComplete'
  return isSilent && turns.every(({ endMs }) => endMs !== undefined)
}

/** Until it holds, looked at whenever the sockets have had their turn. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await settled()
}
