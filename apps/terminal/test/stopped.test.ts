import { describe, expect, it } from 'vitest'
import { playAll } from '../src/demo.ts'
import { readSpeech } from '../src/recording.ts'

describe('a demo that is stopped before an act', () => {
  it('does not begin it', async () => {
    const options = {
      policy: 'hold',
      toolMs: 1,
      file: undefined,
      server: { kind: 'emulator' },
      json: false,
    } as const
    const told: string[] = []
    const audience = { actBegins: (act: string) => void told.push(act), actEnds: () => {} }
    const playing = playAll(options, await readSpeech(undefined), AbortSignal.abort(), audience)
    await expect(playing).rejects.toMatchObject({ name: 'AbortError' })
    expect(told).toEqual([])
  })
})
