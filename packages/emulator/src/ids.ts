import type { Profile } from './profile.ts'
import type { Random } from './random.ts'

/** Ids of an emulator, whatever session asks; none is given twice. */
export interface Ids {
  call(): string
  uuid(): string
}

/** The least number of as many digits as real servers write. */
const leastNumber = 10n ** 18n

/**
 * Ids in the form of real servers, by chance alone: what a client kept from another emulator, or from an earlier run with
 * another seed, is unknown. The same random numbers give the same ones.
 */
export function idsFor({ callIds }: Pick<Profile, 'callIds'>, random: Random): Ids {
  const bits = (count: number) => BigInt(Math.floor(random() * 2 ** count))
  const long = () => (bits(32) << 32n) | bits(32)
  const digits = () => leastNumber + (long() % (2n ** 63n - leastNumber))
  return {
    call: () => (callIds === 'uuid' ? uuidOf(long(), long()) : `${callIds.prefix}${digits()}`),
    uuid: () => uuidOf(long(), long()),
  }
}

/** Version 4, of the variant of RFC 9562: six of the bits are given. */
function uuidOf(high: bigint, low: bigint): string {
  const hex = [(high & ~0xf000n) | 0x4000n, (low & (2n ** 62n - 1n)) | (2n ** 63n)]
    .map((half) => half.toString(16).padStart(16, '0'))
    .join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
