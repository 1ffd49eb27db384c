import type { Profile } from './profile.ts'

/** Ids of an emulator; none is given twice, whatever session asks. */
export interface Ids {
  call(): string
  uuid(): string
}

/** Ids count up, so that the same script and inputs give the same ones. */
export function idsFor({ callIds }: Profile): Ids {
  let calls = 0
  let uuids = 0
  const uuid = () => `00000000-0000-4000-8000-${(++uuids).toString(16).padStart(12, '0')}`
  return { call: () => (callIds === 'uuid' ? uuid() : `${callIds.prefix}${++calls}`), uuid }
}
