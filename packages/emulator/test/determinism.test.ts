import { describe, expect, it } from 'vitest'
import type { EmulatorOptions } from '../src/index.ts'
import { answer, audio, Bench, setup, silence, text, tone } from './bench.ts'

/** The first value of a field in the frames. Without it, less would be played than is meant. */
function valueIn({ frames }: Bench, field: string): string {
  const value = new RegExp(`"${field}": "(.+)"`).exec(frames.join(''))?.[1]
  if (value === undefined) throw new Error(`no frame has ${field}`)
  return value
}

/** Plays a session with speech, text, calls, an interruption, jitter and a resumed connection. Returns its frames with times. */
function play(options: EmulatorOptions): readonly string[] {
  const bench = new Bench(options).send(
    setup({ inputAudioTranscription: {}, outputAudioTranscription: {}, sessionResumption: {} }),
  )
  bench.wait(200).session.inject({ fault: 'latency', ms: 20, jitterMs: 30 })
  bench.send(audio(tone(300)), audio(silence(1000))).wait(40)
  bench.send(audio(silence(20))).wait(2000)
  bench
    .send(answer(valueIn(bench, 'id')))
    .wait(100)
    .send(audio(tone(200)))
    .wait(3000)
  bench.send(text('And now?')).wait(10_000).session.drop()
  const resumption = { sessionResumption: { handle: valueIn(bench, 'newHandle') } }
  const next = bench.connectAgain().send(setup(resumption), text('Hello again'))
  return [...bench.frames, ...bench.seen(), ...next.wait(10_000).frames, ...next.seen()]
}

describe('the same seed, script, clock and inputs', () => {
  it.each(['gemini-2.5', 'gemini-3.1', 'gemini-3.8', 'vertex'] as const)(
    'give the same frames: %s',
    (profile) => {
      const options: EmulatorOptions = {
        profile,
        seed: 7,
        inputDuringCall: { action: 'close', probability: 0.5 },
      }
      const frames = play(options)
      expect(frames.length).toBeGreaterThan(20)
      expect(play(options)).toEqual(frames)
      expect(play({ ...options, seed: 8 })).not.toEqual(frames)
    },
  )
})
