import { toInt16 } from './pcm.ts'

/** Cuts a stream of samples into frames of equal length, as 16-bit integers. */
export class FrameAssembler {
  readonly #length: number
  readonly #emit: (frame: Int16Array<ArrayBuffer>) => void
  #frame: Int16Array<ArrayBuffer>
  #filled = 0

  /** @param emit called with each full frame, which it may keep. */
  constructor(length: number, emit: (frame: Int16Array<ArrayBuffer>) => void) {
    this.#length = length
    this.#emit = emit
    this.#frame = new Int16Array(length)
  }

  push(samples: Float32Array): void {
    for (const sample of samples) {
      this.#frame[this.#filled++] = toInt16(sample)
      if (this.#filled < this.#length) continue
      const frame = this.#frame
      this.#frame = new Int16Array(this.#length)
      this.#filled = 0
      this.#emit(frame)
    }
  }
}
