/** Reads little-endian 16-bit samples; an odd last byte is left out. */
export function samplesOfPcm(bytes: Buffer): Int16Array {
  const samples = new Int16Array(bytes.length >> 1)
  for (let index = 0; index < samples.length; index++) samples[index] = bytes.readInt16LE(index * 2)
  return samples
}

/** Writes samples as little-endian 16-bit PCM. */
export function pcmOfSamples(samples: Int16Array): Buffer {
  const bytes = Buffer.alloc(samples.length * 2)
  for (const [index, sample] of samples.entries()) bytes.writeInt16LE(sample, index * 2)
  return bytes
}

/** Reads the samples of a mono s16le WAV file. Throws if it has no `data` chunk. */
export function samplesOfWav(file: Buffer): Int16Array {
  const riffHeaderBytes = 12
  const chunkHeaderBytes = 8
  let at = riffHeaderBytes
  while (at + chunkHeaderBytes <= file.length) {
    const start = at + chunkHeaderBytes
    const size = file.readUInt32LE(at + 4)
    if (file.toString('latin1', at, at + 4) === 'data')
      return samplesOfPcm(file.subarray(start, start + size))
    at = start + size + (size % 2)
  }
  throw new Error('the WAV file has no data chunk')
}

/** The parts in order, in one array. */
export function joinSamples(parts: readonly Int16Array[]): Int16Array {
  const joined = new Int16Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}
