/** How many positions of the filter between two input samples are computed. Interpolation between them adds errors below -90 dB. */
const phases = 256

/** Attenuation of aliases in dB, and the shape of the Kaiser window that gives it. */
const attenuationDb = 75
const beta = 0.1102 * (attenuationDb - 8.7)

/** The width of the transition as a share of the narrower band: the top tenth is lost, so that the stop-band begins where aliases would. */
const transition = 0.1

/** The modified Bessel function of the first kind, of order zero. */
function bessel(x: number): number {
  let sum = 1
  let term = 1
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2
    sum += term
  }
  return sum
}

/**
 * Changes the sample rate of a stream with a windowed-sinc low-pass, evaluated at the positions of the output samples. The position is
 * carried from block to block in whole numbers, so that it never drifts.
 *
 * It is flat within 0.01 dB up to 0.9 of half the lower rate; aliases are more than 75 dB down.
 */
export class Resampler {
  /** The delay of the output, in input samples. */
  readonly delay: number
  readonly #filter: Float32Array
  /** Input samples from one output sample to the next: `#step / #scale`. */
  readonly #step: number
  readonly #scale: number
  /** The input that is still needed, from `delay` samples before the next output sample. */
  #input: Float32Array
  /** How far the next output sample is after `#input[delay - 1]`, in units of `1 / #scale` input samples. */
  #position = 0

  /** Takes both rates in Hz, as whole numbers. */
  constructor(inputRate: number, outputRate: number) {
    this.#step = inputRate
    this.#scale = outputRate
    const narrower = Math.min(1, outputRate / inputRate)
    this.delay = Math.ceil((attenuationDb - 7.95) / (14.36 * transition * narrower))
    this.#filter = filterOf(this.delay, narrower * (1 - transition / 2))
    this.#input = new Float32Array(this.delay - 1)
  }

  /** Returns the output that is ready; the block may have any length. */
  process(block: Float32Array): Float32Array {
    const taps = 2 * this.delay
    const input = new Float32Array(this.#input.length + block.length)
    input.set(this.#input)
    input.set(block, this.#input.length)
    const room = input.length - taps
    const count = Math.floor(((room + 1) * this.#scale - 1 - this.#position) / this.#step) + 1
    const output = new Float32Array(Math.max(0, count))
    for (let index = 0; index < output.length; index++) {
      const first = Math.floor(this.#position / this.#scale)
      const phase = ((this.#position % this.#scale) * phases) / this.#scale
      const row = Math.floor(phase)
      const weight = phase - row
      const filter = row * taps
      let sum = 0
      for (let tap = 0; tap < taps; tap++) {
        const near = this.#filter[filter + tap] as number
        const next = this.#filter[filter + taps + tap] as number
        sum += (input[first + tap] as number) * (near + weight * (next - near))
      }
      output[index] = sum
      this.#position += this.#step
    }
    const consumed = Math.floor(this.#position / this.#scale)
    this.#input = input.slice(consumed)
    this.#position -= consumed * this.#scale
    return output
  }

  /** Returns the rest of the output, as if silence followed, and gets ready for another stream. */
  drain(): Float32Array {
    const rest = this.process(new Float32Array(this.delay))
    this.reset()
    return rest
  }

  /** Forgets the stream. */
  reset(): void {
    this.#input = new Float32Array(this.delay - 1)
    this.#position = 0
  }
}

/** Returns for each phase the weights of the input samples around it, the earliest first; and one phase more, to interpolate with. */
function filterOf(delay: number, cutoff: number): Float32Array {
  const taps = 2 * delay
  const filter = new Float32Array((phases + 1) * taps)
  for (let phase = 0; phase <= phases; phase++) {
    const row = filter.subarray(phase * taps, (phase + 1) * taps)
    let sum = 0
    for (let tap = 0; tap < taps; tap++) {
      const x = tap - delay + 1 - phase / phases
      const angle = Math.PI * cutoff * x
      const window = bessel(beta * Math.sqrt(1 - (x / delay) ** 2))
      row[tap] = (x === 0 ? 1 : Math.sin(angle) / angle) * window
      sum += row[tap] as number
    }
    for (let tap = 0; tap < taps; tap++) row[tap] = (row[tap] as number) / sum
  }
  return filter
}
