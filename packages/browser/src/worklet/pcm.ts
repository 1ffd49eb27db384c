/** Converts a sample from -1 to 1 to a 16-bit integer; louder samples are clamped. */
export function toInt16(sample: number): number {
  return Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)))
}

/** Reads a stream of 16-bit little-endian samples from messages that may be cut anywhere, even within a sample. */
export class PcmReader {
  /** The first byte of a sample whose second byte has not arrived. */
  #half: number | undefined

  read(bytes: Uint8Array): Float32Array {
    const { length } = bytes
    const carried = this.#half === undefined ? 0 : 1
    const samples = new Float32Array((carried + length) >> 1)
    const byte = (index: number): number => (index < 0 ? this.#half : bytes[index]) as number
    for (let sample = 0; sample < samples.length; sample++) {
      const index = 2 * sample - carried
      samples[sample] = (((byte(index) | (byte(index + 1) << 8)) << 16) >> 16) / 32_768
    }
    if (length > 0) this.#half = (carried + length) % 2 ? bytes[length - 1] : undefined
    return samples
  }

  /** Forgets half a sample that will not be completed. */
  reset(): void {
    this.#half = undefined
  }
}
