import { describe, expect, it } from 'vitest'
import { pcmRate } from '../src/audio-format.ts'

describe('pcmRate', () => {
  it.each([
    ['audio/pcm;rate=24000', 24_000],
    ['audio/pcm', 24_000],
    ['audio/pcm; rate=16000', 16_000],
    ['Audio/PCM;Rate="48000";channels=1', 48_000],
    ['audio/pcm;codec=s16le;rate=8000', 8_000],
    ['audio/pcm;rate=4000', 4_000],
    ['audio/pcm;rate=192000', 192_000],
  ])('%s: %i', (mimeType, rate) => {
    expect(pcmRate(mimeType)).toBe(rate)
  })

  it.each([
    undefined,
    null,
    '',
    'audio/opus',
    'audio/pcmu;rate=8000',
    'audio/l16;rate=24000',
    'image/png',
    'audio/pcm;rate=0',
    'audio/pcm;rate=3999',
    'audio/pcm;rate=192001',
    'audio/pcm;rate=',
    'audio/pcm;rate=fast',
    'audio/pcm;rate=1e999',
    'audio/pcm;rate=24000;channels=2',
  ])('%s: refused, with what to do', (mimeType) => {
    expect(() => pcmRate(mimeType)).toThrow(
      expect.objectContaining({
        code: 'unsupported-audio',
        field: 'mimeType',
        message: `mimeType must be mono audio/pcm at a rate from 4000 to 192000; ask the model for AUDIO or play this yourself; got "${mimeType ?? ''}"`,
      }),
    )
  })
})
