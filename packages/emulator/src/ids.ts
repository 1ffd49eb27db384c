import type { Profile } from './profile.ts'
import type { Random } from './random.ts'

/** Makes the ids of an emulator's sessions. No id repeats. */
export interface Ids {
  call(): string
  uuid(): string
}

/**
 * Makes random ids in the form that real servers use. An id from another emulator, or from an earlier run with another seed,
 * is therefore unknown here. The same random numbers give the same ids.
 */
export function idsFor({ callIds }: Pick<Profile, 'callIds'>, random: Random): Ids {
  const bits = (count: number) => BigInt(Math.floor(random() * 2 ** count))
  const long = () => (bits(32) << 32n) | bits(32)
  return {
    call: () =>
      callIds === 'uuid' ? uuidOf(long(), long()) : `${callIds.prefix}${long() >> BigInt(64 - callIds.bits)}`,
    uuid: () => uuidOf(long(), long()),
  }
}

/** Makes a UUID of version 4 from 128 bits, of which RFC 9562 fixes six. */
function uuidOf(high: bigint, low: bigint): string {
  const hex = [(high & ~0xf000n) | 0x4000n, (low & (2n ** 62n - 1n)) | (2n ** 63n)]
    .map((half) => half.toString(16).padStart(16, '0'))
    .join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
