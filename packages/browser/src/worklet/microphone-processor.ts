import {
  type EndCommand,
  type EndReport,
  type MicrophoneProcessorOptions,
  microphoneProcessor,
  microphoneRate,
} from '../worklet-messages.ts'
import { FrameAssembler } from './frame-assembler.ts'
import { mixToMono } from './mix.ts'
import { Resampler } from './resampler.ts'

/** Registers the processor that sends its input to the page, in 16-bit frames of the rate that is wanted. */
export function registerMicrophone(): void {
  class MicrophoneProcessor extends AudioWorkletProcessor {
    readonly #assembler: FrameAssembler
    readonly #resampler: Resampler | undefined
    #isEnding = false

    constructor({ processorOptions }: { readonly processorOptions: MicrophoneProcessorOptions }) {
      super()
      if (sampleRate !== microphoneRate) this.#resampler = new Resampler(sampleRate, microphoneRate)
      this.#assembler = new FrameAssembler((microphoneRate * processorOptions.frameMs) / 1000, (frame) =>
        this.port.postMessage(frame, [frame.buffer]),
      )
      this.port.onmessage = ({ data }: { readonly data: EndCommand }) => {
        this.#isEnding = data.type === 'end'
      }
    }

    process([channels = []]: Float32Array[][]): boolean {
      if (this.#isEnding) {
        this.port.postMessage({ type: 'ended' } satisfies EndReport)
        return false
      }
      const samples = mixToMono(channels)
      if (samples) this.#assembler.push(this.#resampler?.process(samples) ?? samples)
      return true
    }
  }
  registerProcessor(microphoneProcessor, MicrophoneProcessor)
}
