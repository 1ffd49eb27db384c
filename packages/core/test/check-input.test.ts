import { describe, expect, it, vi } from 'vitest'
import {
  checkInput,
  type InputKind,
  isLivegateError,
  pcmDurationMs,
  type RealtimeInput,
} from '../src/index.ts'
import { audio, end, pcm, start, streamEnd, video } from './inputs.ts'

describe('checkInput', () => {
  it.each<[string, RealtimeInput, InputKind]>([
    ['audio', audio(), 'audio'],
    ['audio without a rate', { audio: { data: '', mimeType: 'audio/pcm' } }, 'audio'],
    ['audio with a parameter more', { audio: { data: 'AAA=', mimeType: 'audio/pcm; rate=24000' } }, 'audio'],
    ['video', video(), 'video'],
    ['media that is audio', { media: { data: pcm(20), mimeType: 'audio/pcm;rate=16000' } }, 'audio'],
    ['media that is a picture', { media: { data: '/9j/', mimeType: 'image/png' } }, 'video'],
    ['text', { text: '' }, 'text'],
    ['an activity start', start, 'activityStart'],
    ['an activity end', end, 'activityEnd'],
    ['a stream end', streamEnd, 'audioStreamEnd'],
    ['a stream end of false beside text', { text: 'a', audioStreamEnd: false }, 'text'],
    ['a field that is not known yet', { text: 'a', emotion: 'calm' } as RealtimeInput, 'text'],
  ])('accepts %s, and returns its kind', (_, input, kind) => {
    expect(checkInput(input)).toBe(kind)
    // Twice, because a type that was seen before is not matched again.
    expect(checkInput(input)).toBe(kind)
  })

  it('refuses audio that is not base64, even of a type that was seen before', () => {
    const seen = audio()
    checkInput(seen)
    const bytes = { ...seen.audio, data: new Uint8Array(4) as unknown as string }
    expect(() => checkInput({ audio: bytes })).toThrow(
      'audio.data must be base64 in { data, mimeType }; got "Uint8Array"',
    )
  })

  it('refuses audio of no type, even if it is the first that is checked', async () => {
    vi.resetModules()
    const fresh = await import('../src/check-input.ts')
    expect(() => fresh.checkInput({ audio: { data: 'AAAA', mimeType: '' } })).toThrow(
      'audio.mimeType must be',
    )
  })

  it('does not accept for audio a type that was seen with a picture', () => {
    checkInput(video())
    const picture = { audio: { data: 'AAAA', mimeType: video().video?.mimeType ?? '' } }
    expect(() => checkInput(picture)).toThrow('audio.mimeType must be audio/pcm')
  })

  it.each<[string, object]>([
    ['a second medium', { video: video().video }],
    ['the old medium', { media: audio().audio }],
    ['a text', { text: 'a' }],
    ['a start', { activityStart: {} }],
    ['an end', { activityEnd: {} }],
    ['a stream end', { audioStreamEnd: true }],
  ])('refuses %s beside audio of a type that was seen before', (_, second) => {
    checkInput(audio())
    expect(() => checkInput({ ...audio(), ...second })).toThrow('input must be one of')
  })

  it.each<[string, unknown, string, string]>([
    ['nothing', undefined, 'input', 'input must be an object; got "Undefined"'],
    ['what somebody says', 'my PIN is 1234', 'input', 'input must be an object; got "String"'],
    ['no known field', {}, 'input', 'got ""'],
    ['two kinds', { text: 'a', audio: audio().audio }, 'input', 'got "text,audio"'],
    [
      'audio that is not PCM',
      { audio: { data: 'AAAA', mimeType: 'audio/mp3' } },
      'audio.mimeType',
      'audio.mimeType must be audio/pcm; got "audio/mp3"',
    ],
    [
      'what only ends like PCM',
      { audio: { data: '', mimeType: 'x-audio/pcm' } },
      'audio.mimeType',
      'x-audio/pcm',
    ],
    [
      'what only ends like a picture',
      { video: { data: '', mimeType: 'x-image/png' } },
      'video.mimeType',
      'x-image',
    ],
    ['A-law', { audio: { data: 'AAAA', mimeType: 'audio/pcma' } }, 'audio.mimeType', 'got "audio/pcma"'],
    [
      'audio in capitals',
      { audio: { data: '', mimeType: 'Audio/PCM' } },
      'audio.mimeType',
      'got "Audio/PCM"',
    ],
    ['audio of no type', { audio: { data: 'AAAA' } }, 'audio.mimeType', 'got "undefined"'],
    [
      'audio in bytes',
      { audio: { data: [1, 2], mimeType: 'audio/pcm' } },
      'audio.data',
      'audio.data must be base64 in { data, mimeType }; got "Array"',
    ],
    [
      'audio that is a string',
      { audio: 'AAAA' },
      'audio.data',
      'audio.data must be base64 in { data, mimeType }; got "String"',
    ],
    ['bare samples', { audio: new Float32Array(4) }, 'audio.data', 'got "Float32Array"'],
    ['a film', { video: { data: 'AAAA', mimeType: 'video/mp4' } }, 'video.mimeType', 'got "video/mp4"'],
    [
      'media of neither type',
      { media: { data: '', mimeType: 'text/plain' } },
      'media.mimeType',
      'audio/pcm or image/*',
    ],
    ['text that is none', { text: 5 }, 'text', 'text must be of type string; got "Number"'],
    [
      'a start that is none',
      { activityStart: true },
      'activityStart',
      'must be of type object; got "Boolean"',
    ],
    [
      'a stream end that is none',
      { audioStreamEnd: 'yes' },
      'audioStreamEnd',
      'must be of type boolean; got "String"',
    ],
  ])('refuses %s, naming field and value', (_, input, field, message) => {
    const refusal = refusalOf(() => checkInput(input as RealtimeInput))
    expect(refusal).toMatchObject({ name: 'LivegateError', code: 'invalid-input', field })
    expect(refusal.message).toContain(message)
  })

  it('quotes only the beginning of a value', () => {
    const refusal = refusalOf(() => checkInput({ audio: { data: 'AAAA', mimeType: 'x'.repeat(1000) } }))
    expect(refusal.message).toBe(`audio.mimeType must be audio/pcm; got "${'x'.repeat(32)}"`)
  })
})

describe('pcmDurationMs', () => {
  it.each([
    ['20 ms at 16 kHz', { data: pcm(20), mimeType: 'audio/pcm;rate=16000' }, 20],
    ['the same bytes at 24 kHz', { data: pcm(30), mimeType: 'audio/pcm;rate=24000' }, 20],
    ['no rate', { data: pcm(100), mimeType: 'audio/pcm' }, 100],
    ['nothing', {}, 0],
  ])('counts %s', (_, blob, durationMs) => {
    expect(pcmDurationMs(blob)).toBe(durationMs)
  })
})

describe('isLivegateError', () => {
  it('recognises by its name an error of another copy of the package, and nothing else', () => {
    const foreign = Object.assign(new Error('x'), { name: 'LivegateError' })
    expect([foreign, new Error('x'), undefined, null, 'LivegateError'].map(isLivegateError)).toEqual([
      true,
      false,
      false,
      false,
      false,
    ])
  })
})

function refusalOf(run: () => void): Error {
  try {
    run()
  } catch (error) {
    if (isLivegateError(error)) return error
    throw error
  }
  throw new Error('it was not refused')
}
