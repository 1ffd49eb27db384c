const smallestChunk = 1024
const largestChunk = 32_768

/** Stores samples in a few large chunks, because one small array for each frame would burden the garbage collector. */
export class SampleStore {
  #chunks: Int16Array[] = []
  // How many samples of the first chunk were dropped, and how many of the last chunk are filled.
  #firstAt = 0
  #lastEnd = 0
  #length = 0

  /** The number of samples kept. */
  get length(): number {
    return this.#length
  }

  append(samples: Int16Array): void {
    for (let at = 0; at < samples.length; ) {
      const last = this.#chunks.at(-1)
      if (last === undefined || this.#lastEnd === last.length) {
        this.#chunks.push(new Int16Array(Math.min(largestChunk, (last?.length ?? smallestChunk / 2) * 2)))
        this.#lastEnd = 0
        continue
      }
      const part = samples.subarray(at, at + last.length - this.#lastEnd)
      last.set(part, this.#lastEnd)
      this.#lastEnd += part.length
      this.#length += part.length
      at += part.length
    }
  }

  /** Drops the first `count` samples. */
  forget(count: number): void {
    this.#length -= count
    this.#firstAt += count
    for (let first = this.#chunks[0]; first !== undefined && this.#firstAt >= first.length; ) {
      this.#firstAt -= first.length
      this.#chunks.shift()
      first = this.#chunks[0]
    }
  }

  /** Copies all kept samples into one array. */
  toArray(): Int16Array {
    const samples = new Int16Array(this.#length)
    let at = 0
    for (const [index, chunk] of this.#chunks.entries()) {
      const start = index === 0 ? this.#firstAt : 0
      const part = chunk.subarray(start, start + samples.length - at)
      samples.set(part, at)
      at += part.length
    }
    return samples
  }
}
