import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import wavefile from 'wavefile'
import { type Cue, cuesOf } from '../src/microphone.ts'
import { readSpeech } from '../src/recording.ts'
import { samplesPerFrame, speechOf } from '../src/speech.ts'
import { findUtterances } from '../src/utterances.ts'
import { samplesOfWav } from '../src/wav.ts'

/** Makes `count` frames of a level. */
const frames = (count: number, level: number): number[] => new Array<number>(count).fill(level)

describe('utterances', () => {
  it('are separated by half a second of silence, and have a margin', () => {
    const levels = [
      ...frames(10, 20),
      ...frames(20, 900),
      ...frames(25, 20),
      ...frames(20, 900),
      ...frames(10, 20),
    ]
    expect(findUtterances(levels)).toEqual([
      { firstFrame: 5, endFrame: 35 },
      { firstFrame: 50, endFrame: 80 },
    ])
  })

  it('are not separated by a shorter pause', () => {
    const levels = [...frames(20, 900), ...frames(24, 20), ...frames(20, 900)]
    expect(findUtterances(levels)).toEqual([{ firstFrame: 0, endFrame: 64 }])
  })

  it('may become softer than they begin', () => {
    const levels = [...frames(10, 20), ...frames(10, 900), ...frames(10, 300), ...frames(30, 20)]
    expect(findUtterances(levels)).toEqual([{ firstFrame: 5, endFrame: 35 }])
  })

  it('begin with three frames of 500 and go on with 250', () => {
    expect(findUtterances([...frames(10, 20), ...frames(3, 500), 250, ...frames(30, 249)])).toEqual([
      { firstFrame: 5, endFrame: 19 },
    ])
    expect(findUtterances([...frames(10, 20), ...frames(3, 499), ...frames(30, 20)])).toEqual([])
  })

  it('include a click less than half a second before them, but not an earlier one', () => {
    const click = (pause: number) => [900, ...frames(pause, 20), ...frames(20, 900), ...frames(30, 20)]
    expect([click(24), click(25)].map(findUtterances)).toEqual([
      [{ firstFrame: 0, endFrame: 50 }],
      [{ firstFrame: 21, endFrame: 51 }],
    ])
  })

  it('are neither clicks nor noise', () => {
    expect(
      findUtterances([...frames(10, 20), ...frames(2, 9000), ...frames(60, 20), ...frames(50, 300)]),
    ).toEqual([])
  })
})

describe('the recording of the demo', () => {
  it('contains two questions, with a pause that ends a turn', async () => {
    const { utterances, durationMs } = await readSpeech(undefined)
    expect({ utterances, durationMs }).toEqual({
      utterances: [
        { firstFrame: 5, endFrame: 90 },
        { firstFrame: 124, endFrame: 228 },
      ],
      durationMs: 5460,
    })
  })
})

describe('a file', () => {
  const wav = (...parts: readonly (readonly [seconds: number, level: number])[]): Uint8Array => {
    const wave = new wavefile.WaveFile()
    const samples = parts.flatMap(([seconds, level]) => new Array<number>(seconds * 16_000).fill(level))
    wave.fromScratch(1, 16_000, '16', samples)
    return wave.toBuffer()
  }
  const folder = mkdtempSync(join(tmpdir(), 'livegate-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  it.each<[string, Uint8Array | undefined, string]>([
    ['long.wav', wav([1, 900], [59.02, 0]), 'lasts 60.02 s, but may last 60 s at most'],
    ['soft.wav', wav([1, 100]), 'contains no speech, or speech too soft to distinguish from noise'],
    ['none.wav', undefined, 'does not exist'],
    ['', undefined, 'cannot be read: EISDIR: illegal operation on a directory, read'],
    ['text.wav', new Uint8Array(100), 'is not a WAV file that can be read (Not a supported format.); 16 kHz'],
  ])('is refused with its name and its problem: %s', async (name, bytes, problem) => {
    const file = join(folder, name)
    if (bytes) writeFileSync(file, bytes)
    await expect(readSpeech(file)).rejects.toThrow(`--file ${file} ${problem}`)
  })

  it('may be relative to a folder, and is refused by the given name', async () => {
    writeFileSync(join(folder, 'seconds.wav'), wav([1, 900], [1, 0]))
    expect((await readSpeech('seconds.wav', folder)).durationMs).toBe(2000)
    await expect(readSpeech('no-such.wav', folder)).rejects.toThrow('--file no-such.wav does not exist')
  })

  it('may last a minute', async () => {
    const file = join(folder, 'minute.wav')
    writeFileSync(file, wav([1, 900], [59, 0]))
    expect((await readSpeech(file)).durationMs).toBe(60_000)
  })
})

describe('a WAV file', () => {
  const wav = (channels: number, rate: number, depth: string): Uint8Array => {
    const wave = new wavefile.WaveFile()
    wave.fromScratch(channels, rate, depth, [1, -2, 3, -4])
    return wave.toBuffer()
  }

  it('gives its samples', () => {
    expect([...samplesOfWav('a.wav', wav(1, 16_000, '16'))]).toEqual([1, -2, 3, -4])
  })

  it.each([
    { is: '24000 Hz, mono, 16-bit PCM', bytes: wav(1, 24_000, '16') },
    { is: '16000 Hz, 2 channels, 16-bit PCM', bytes: wav(2, 16_000, '16') },
    { is: '16000 Hz, mono, 24-bit PCM', bytes: wav(1, 16_000, '24') },
    { is: '16000 Hz, mono, 32-bit audio of WAVE format 3', bytes: wav(1, 16_000, '32f') },
    { is: 'not a WAV file that can be read (Not a supported format.)', bytes: new Uint8Array(100) },
  ])('that is $is is refused, with a way to convert it', ({ is, bytes }) => {
    expect(() => samplesOfWav('a.wav', bytes)).toThrow(
      `--file a.wav is ${is}; 16 kHz mono 16-bit PCM is needed: sox "a.wav" -r 16000 -c 1 -b 16 -e signed-integer converted.wav`,
    )
  })
})

describe('the microphone', () => {
  const loud = new Int16Array(samplesPerFrame * 10).fill(900)
  const recording = new Int16Array(samplesPerFrame * 80)
  recording.set(loud, samplesPerFrame * 10)
  recording.set(loud, samplesPerFrame * 60)
  const speech = speechOf(recording)
  const kinds = (cues: readonly (readonly Cue[])[]): string[] =>
    cues.flatMap((at) => at.map(({ kind, frame }) => (kind === 'audio' ? 'audio' : `${kind} at ${frame}`)))

  it('delivers every frame hands-free, and silence after the last word', () => {
    expect(kinds(cuesOf(speech, 'hands-free'))).toEqual(new Array(120).fill('audio'))
  })

  it('delivers utterances in brackets with push-to-talk', () => {
    const utterance = new Array(20).fill('audio')
    expect(kinds(cuesOf(speech, 'push-to-talk'))).toEqual([
      'activityStart at 5',
      ...utterance,
      'activityEnd at 25',
      'activityStart at 55',
      ...utterance,
      'activityEnd at 75',
    ])
  })
})
