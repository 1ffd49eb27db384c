import {
  type SpeakerCommand,
  type SpeakerProcessorOptions,
  type SpeakerReport,
  speakerProcessor,
} from '../worklet-messages.ts'
import { JitterBuffer } from './jitter-buffer.ts'
import { PcmReader } from './pcm.ts'
import { Resampler } from './resampler.ts'

/** How long what breaks off sounds on, in milliseconds: too short to be heard, long enough not to click. */
const fadeMs = 2

/** Registers the processor that plays what the page sends, whatever its rate. */
export function registerSpeaker(): void {
  const milliseconds = (samples: number): number => (samples * 1000) / sampleRate

  class SpeakerProcessor extends AudioWorkletProcessor {
    readonly #reader = new PcmReader()
    readonly #buffer: JitterBuffer
    #rate: number = sampleRate
    #resampler: Resampler | undefined
    #isPlaying = false
    #isEnding = false

    constructor({ processorOptions }: { readonly processorOptions: SpeakerProcessorOptions }) {
      super()
      const samples = (ms: number): number => Math.round((ms * sampleRate) / 1000)
      this.#buffer = new JitterBuffer({
        startLength: samples(processorOptions.bufferMs),
        fadeLength: samples(fadeMs),
      })
      this.port.onmessage = ({ data }: { readonly data: SpeakerCommand }) => this.#obey(data)
    }

    process(_: Float32Array[][], [channels = []]: Float32Array[][]): boolean {
      if (this.#isEnding) {
        this.#report({ type: 'ended' })
        return false
      }
      const [output] = channels
      if (output) this.#buffer.render(output)
      this.#tellState()
      return true
    }

    #obey(command: SpeakerCommand): void {
      switch (command.type) {
        case 'play':
          if (command.rate !== this.#rate) this.#useRate(command.rate)
          this.#push(this.#reader.read(command.bytes))
          break
        case 'end-turn':
          this.#drain()
          this.#buffer.endTurn()
          break
        case 'flush':
          this.#reader.reset()
          this.#resampler?.reset()
          this.#report({ type: 'flushed', playedMs: milliseconds(this.#buffer.flush()) })
          this.#tellState()
          break
        case 'end':
          this.#isEnding = true
          break
        default:
          command satisfies never
      }
    }

    #push(samples: Float32Array): void {
      this.#buffer.push(this.#resampler?.process(samples) ?? samples)
    }

    #useRate(rate: number): void {
      this.#drain()
      this.#rate = rate
      this.#resampler = rate === sampleRate ? undefined : new Resampler(rate, sampleRate)
    }

    /** A stream has ended: what the resampler still has belongs to it. */
    #drain(): void {
      this.#reader.reset()
      if (this.#resampler) this.#buffer.push(this.#resampler.drain())
    }

    #tellState(): void {
      const isPlaying = this.#buffer.state === 'playing'
      if (isPlaying === this.#isPlaying) return
      this.#isPlaying = isPlaying
      this.#report({ type: 'state', isPlaying })
    }

    #report(report: SpeakerReport): void {
      this.port.postMessage(report)
    }
  }
  registerProcessor(speakerProcessor, SpeakerProcessor)
}
