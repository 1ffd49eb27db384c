import type { Ids } from '../src/ids.ts'
import type { Profile } from '../src/profile.ts'

/** Makes ids that count from 1, so that tests can name them. */
export function countedIds({ callIds }: Profile): Ids {
  let calls = 0
  let uuids = 0
  const uuid = () => `00000000-0000-4000-8000-${(++uuids).toString(16).padStart(12, '0')}`
  return { call: () => (callIds === 'uuid' ? uuid() : `${callIds.prefix}${++calls}`), uuid }
}
