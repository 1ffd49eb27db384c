import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Resampler } from '../src/worklet/resampler.ts'
import { registerSpeaker } from '../src/worklet/speaker-processor.ts'

/** The render quantum of Web Audio, in samples. */
const quantum = 128

interface Processor {
  readonly port: { onmessage(event: { readonly data: object }): void }
  process(inputs: [], outputs: Float32Array[][]): boolean
}

/** Makes a processor at 24 kHz, as the platform would. */
function makeSpeaker(bufferMs: number): Processor {
  let Made: (new (options: object) => Processor) | undefined
  vi.stubGlobal('sampleRate', 24_000)
  vi.stubGlobal(
    'AudioWorkletProcessor',
    class {
      readonly port = { postMessage() {} }
    },
  )
  vi.stubGlobal('registerProcessor', (_: string, processor: typeof Made) => {
    Made = processor
  })
  registerSpeaker()
  return new (Made as NonNullable<typeof Made>)({ processorOptions: { bufferMs } })
}

describe('a long message of another rate', () => {
  /** How many samples were resampled since the last call. */
  let resampled = 0
  const taken = (): number => {
    const count = resampled
    resampled = 0
    return count
  }

  beforeEach(() => {
    const { process } = Resampler.prototype
    vi.spyOn(Resampler.prototype, 'process').mockImplementation(function (this: Resampler, block) {
      resampled += block.length
      return process.call(this, block)
    })
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
  })

  it('is resampled while it plays, in pieces that the audio thread can afford', () => {
    const speaker = makeSpeaker(100)
    const render = (): number => {
      speaker.process([], [[new Float32Array(quantum)]])
      return taken()
    }
    speaker.port.onmessage({ data: { type: 'play', bytes: new Uint8Array(2 * 480_000), rate: 48_000 } })
    const onMessage = taken()
    const first = render()
    const later = Array.from({ length: 1000 }, render)
    expect({ onMessage, first: first / 48, most: Math.max(...later) / 48 }).toEqual({
      onMessage: 0,
      // Before it starts it needs the buffer, a quantum and a fade, in pieces of 20 ms.
      first: 120,
      most: 20,
    })
    expect(later.reduce((sum, count) => sum + count, first)).toBeGreaterThan(1001 * 2 * quantum)
  })
})
