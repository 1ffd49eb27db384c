import { type MicrophoneProcessorOptions, microphoneProcessor } from '../worklet-messages.ts'
import { FrameAssembler } from './frame-assembler.ts'
import { mixToMono } from './mix.ts'
import { Resampler } from './resampler.ts'

/** Registers the processor that sends the page what it hears, in frames of 16-bit samples at the rate that was asked for. */
export function registerMicrophone(): void {
  class MicrophoneProcessor extends AudioWorkletProcessor {
    readonly #assembler: FrameAssembler
    readonly #resampler: Resampler | undefined

    constructor({ processorOptions }: { readonly processorOptions: MicrophoneProcessorOptions }) {
      super()
      const { rate, frameLength } = processorOptions
      if (rate !== sampleRate) this.#resampler = new Resampler(sampleRate, rate)
      this.#assembler = new FrameAssembler(frameLength, (frame) =>
        this.port.postMessage(frame, [frame.buffer]),
      )
    }

    process([channels = []]: Float32Array[][]): boolean {
      const heard = mixToMono(channels)
      if (heard) this.#assembler.push(this.#resampler?.process(heard) ?? heard)
      return true
    }
  }
  registerProcessor(microphoneProcessor, MicrophoneProcessor)
}
