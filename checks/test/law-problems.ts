import type { Law } from './laws.ts'

/** Where the laws and the titles of the tests that cite them disagree. */
export function lawProblems(laws: readonly Law[], titles: readonly string[]): string[] {
  const cited = new Set(titles.flatMap((title) => title.match(/\bG\d+\b/g) ?? []))
  const known = new Set(laws.map(({ id }) => id))
  const problems = [...cited].filter((id) => !known.has(id)).map((id) => `${id} is cited and is no law`)
  for (const law of laws) {
    const isCited = cited.has(law.id)
    if (law.inForce && !isCited) problems.push(`${law.id} is in force and no test cites it`)
    if (!law.inForce && isCited) problems.push(`${law.id} is cited and said not to be in force`)
    if (!law.inForce && law.reason.trim() === '') problems.push(`${law.id} is not in force for no reason`)
  }
  return problems
}
