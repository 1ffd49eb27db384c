import { readFileSync, writeFileSync } from 'node:fs'

/** Reads the samples of a 16-bit mono WAV file with a header of 44 bytes, which the files in this repository have. */
export function readWav(path: string | URL): Int16Array {
  const file = readFileSync(path)
  return new Int16Array(file.buffer.slice(file.byteOffset + 44, file.byteOffset + file.byteLength))
}

export function writeWav(path: string, samples: Int16Array, rate: number): void {
  const header = Buffer.alloc(44)
  header.write('RIFF', 0)
  header.writeUInt32LE(36 + samples.byteLength, 4)
  header.write('WAVEfmt ', 8)
  header.writeUInt32LE(16, 16)
  header.writeUInt16LE(1, 20)
  header.writeUInt16LE(1, 22)
  header.writeUInt32LE(rate, 24)
  header.writeUInt32LE(2 * rate, 28)
  header.writeUInt16LE(2, 32)
  header.writeUInt16LE(16, 34)
  header.write('data', 36)
  header.writeUInt32LE(samples.byteLength, 40)
  writeFileSync(
    path,
    Buffer.concat([header, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength)]),
  )
}
