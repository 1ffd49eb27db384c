import { type Item, laneTitles } from '../trace/lane.ts'
import { inWords } from '../trace/time.ts'

/** Describes an item for screen readers. */
export const describe = ({ lane, label, fromMs, toMs, facts }: Item): string => {
  const when =
    toMs === fromMs
      ? `at ${inWords(fromMs)}`
      : `${inWords(fromMs)} to ${toMs === undefined ? 'now' : inWords(toMs)}`
  return `${laneTitles[lane].title}: ${label}, ${when}. ${facts.map((fact) => fact.join(': ')).join('; ')}`
}
