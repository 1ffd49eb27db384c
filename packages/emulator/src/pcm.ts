import { endianness } from 'node:os'

const isLittleEndian = endianness() === 'LE'

/** Reads little-endian 16-bit samples. Ignores an odd last byte. */
export function samplesOfPcm(bytes: Uint8Array): Int16Array {
  const samples = new Int16Array(bytes.length >> 1)
  const memory = memoryOf(samples)
  memory.set(bytes.subarray(0, memory.length))
  if (!isLittleEndian) memory.swap16()
  return samples
}

/** Returns samples as little-endian 16-bit PCM. On little-endian machines the result shares their memory. */
export function pcmOfSamples(samples: Int16Array): Buffer {
  return isLittleEndian ? memoryOf(samples) : Buffer.from(memoryOf(samples)).swap16()
}

function memoryOf({ buffer, byteOffset, byteLength }: Int16Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
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
