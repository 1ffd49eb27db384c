import {
  type PlayCommand,
  type SpeakerCommand,
  type SpeakerProcessorOptions,
  type SpeakerReport,
  type SpeechCommand,
  speakerProcessor,
} from '../worklet-messages.ts'
import { JitterBuffer } from './jitter-buffer.ts'
import { PcmReader } from './pcm.ts'
import { Resampler } from './resampler.ts'

/** The length of a fade in milliseconds: too short to be heard, long enough not to click. */
const fadeMs = 2

/** How many milliseconds of a message are read and resampled at once. */
const pieceMs = 20

/** Registers the processor that plays the page's audio, of any rate. */
export function registerSpeaker(): void {
  const milliseconds = (samples: number): number => (samples * 1000) / sampleRate

  class SpeakerProcessor extends AudioWorkletProcessor {
    readonly #reader = new PcmReader()
    readonly #buffer: JitterBuffer
    /** Commands that are carried out as the buffer needs audio. */
    #waiting: SpeechCommand[] = []
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
      if (output) {
        this.#takeIn(output.length)
        this.#buffer.render(output)
      }
      this.#reportState()
      return true
    }

    #obey(command: SpeakerCommand): void {
      switch (command.type) {
        case 'play':
        case 'end-turn':
          this.#waiting.push(command)
          break
        case 'flush':
          this.#waiting = []
          this.#reader.reset()
          this.#resampler?.reset()
          this.#report({ type: 'flushed', playedMs: milliseconds(this.#buffer.flush()) })
          this.#reportState()
          break
        case 'end':
          this.#isEnding = true
          break
        default:
          command satisfies never
      }
    }

    /** Takes in no more than is needed now: work that takes longer than the platform waits is heard as a gap. */
    #takeIn(blockLength: number): void {
      while (this.#buffer.needs(blockLength)) {
        const next = this.#waiting.shift()
        if (!next) break
        if (next.type === 'play') this.#read(next)
        else {
          this.#drain()
          this.#buffer.endTurn()
        }
      }
    }

    /** Reads a piece, and puts the rest back. */
    #read({ type, bytes, rate }: PlayCommand): void {
      if (rate !== this.#rate) this.#useRate(rate)
      const length = (rate * pieceMs) / 500
      if (bytes.length > length) this.#waiting.unshift({ type, rate, bytes: bytes.subarray(length) })
      const samples = this.#reader.read(bytes.subarray(0, length))
      this.#buffer.push(this.#resampler?.process(samples) ?? samples)
    }

    #useRate(rate: number): void {
      this.#drain()
      this.#rate = rate
      this.#resampler = rate === sampleRate ? undefined : new Resampler(rate, sampleRate)
    }

    /** Takes the rest of a stream out of the resampler. */
    #drain(): void {
      this.#reader.reset()
      if (this.#resampler) this.#buffer.push(this.#resampler.drain())
    }

    #reportState(): void {
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
