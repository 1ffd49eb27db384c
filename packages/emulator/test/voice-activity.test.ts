import { readFileSync } from 'node:fs'
import { array, assert, integer, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { samplesOfWav } from '../src/pcm.ts'
import {
  type ActivityEvent,
  VoiceActivityDetector,
  type VoiceActivityOptions,
} from '../src/voice-activity.ts'
import { joinSamples, silence, tone } from './bench.ts'

// A question until 1.29 s, silence until 2.29 s, a sentence until 3.46 s, silence until 4.46 s; see make-fixtures.sh.
const twoSentences = samplesOfWav(readFileSync(new URL('fixtures/two-sentences.wav', import.meta.url)))
const ms = (milliseconds: number) => milliseconds * 16

function heard(samples: Int16Array, options = {}): readonly ActivityEvent[] {
  return new VoiceActivityDetector(options).push(samples, 16_000)
}

describe('VoiceActivityDetector', () => {
  it('finds two sentences in speech', () => {
    expect(heard(twoSentences)).toEqual([
      { type: 'speech-started', atSample: 0 },
      { type: 'speech-ended', atSample: ms(1300 + 500) },
      { type: 'speech-started', atSample: ms(2300) },
      { type: 'speech-ended', atSample: ms(3480 + 500) },
    ])
  })

  it('finds one sentence if the silence between them is too short to end a turn', () => {
    expect(heard(twoSentences, { silenceDurationMs: 1000 }).map((event) => event.type)).toEqual([
      'speech-started',
    ])
  })

  it.each([
    ['40 ms of sound are a click', [tone(40), silence(1000)], {}, []],
    ['60 ms are speech', [tone(60)], {}, [{ type: 'speech-started', atSample: 0 }]],
    [
      'the start may take longer',
      [silence(100), tone(200)],
      { startAfterMs: 200 },
      [{ type: 'speech-started', atSample: ms(100) }],
    ],
    ['and what is shorter is then none', [tone(180), silence(100)], { startAfterMs: 200 }, []],
    [
      'a pause does not end speech',
      [tone(100), silence(480), tone(20), silence(480)],
      {},
      [{ type: 'speech-started', atSample: 0 }],
    ],
    [
      'silence in the audio ends it, also at once',
      [tone(100), silence(20)],
      { silenceDurationMs: 0 },
      [
        { type: 'speech-started', atSample: 0 },
        { type: 'speech-ended', atSample: ms(120) },
      ],
    ],
    [
      'a soft sound begins speech where the start is sensitive',
      [tone(100).map((sample) => sample / 8)],
      { startSensitivity: 'high' },
      [{ type: 'speech-started', atSample: 0 }],
    ],
    ['and not where it is not', [tone(100).map((sample) => sample / 8)], { startSensitivity: 'low' }, []],
    [
      'a softer sound ends it where the end is sensitive',
      [tone(100), tone(500).map((sample) => sample / 30)],
      { endSensitivity: 'high' },
      [
        { type: 'speech-started', atSample: 0 },
        { type: 'speech-ended', atSample: ms(600) },
      ],
    ],
    [
      'and goes on with it where it is not',
      [tone(100), tone(500).map((sample) => sample / 30)],
      { endSensitivity: 'low' },
      [{ type: 'speech-started', atSample: 0 }],
    ],
    ['noise below the start level is silence', [tone(1000).map((sample) => sample / 12)], {}, []],
    [
      'speech that has begun may get as soft',
      [tone(100), tone(1000).map((sample) => sample / 12)],
      {},
      [{ type: 'speech-started', atSample: 0 }],
    ],
  ] satisfies readonly [string, Int16Array[], VoiceActivityOptions, ActivityEvent[]][])(
    '%s',
    (_case, parts, options, events) => {
      expect(heard(joinSamples(parts), options)).toEqual(events)
    },
  )

  it('measures time at the rate of the audio', () => {
    const detector = new VoiceActivityDetector()
    expect(detector.push(tone(59, 48_000), 48_000)).toEqual([])
    expect(detector.push(tone(1, 48_000), 48_000)).toEqual([{ type: 'speech-started', atSample: 0 }])
  })

  it('accepts a change of the rate within a window, which then ends at the length for the new rate', () => {
    const detector = new VoiceActivityDetector()
    expect(detector.push(tone(15, 48_000), 48_000)).toEqual([])
    expect(detector.push(tone(40), 16_000)).toEqual([{ type: 'speech-started', atSample: 0 }])
  })

  it('forgets what it heard on reset, but keeps counting samples', () => {
    const detector = new VoiceActivityDetector()
    detector.push(tone(50), 16_000)
    detector.reset()
    expect(detector.push(tone(50), 16_000)).toEqual([])
    expect(detector.push(tone(10), 16_000)).toEqual([{ type: 'speech-started', atSample: ms(50) }])
    detector.reset()
    expect(detector.push(silence(1000), 16_000)).toEqual([])
    expect(detector.samplesSeen).toBe(ms(1110))
  })

  it('does not depend on the size of the pushes', () => {
    const whole = heard(twoSentences)
    assert(
      property(array(integer({ min: 0, max: 5000 }), { minLength: 1 }), (lengths) => {
        const detector = new VoiceActivityDetector()
        const events: ActivityEvent[] = []
        let at = 0
        for (let index = 0; at < twoSentences.length; index++) {
          const length = Math.max(1, lengths[index % lengths.length] ?? 1)
          events.push(...detector.push(twoSentences.subarray(at, at + length), 16_000))
          at += length
        }
        expect(events).toEqual(whole)
      }),
      { numRuns: 30 },
    )
  })
})
