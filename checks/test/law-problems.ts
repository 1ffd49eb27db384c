import type { Law } from './laws.ts'
import type { Requirement } from './requirements.ts'

/** Lists the contradictions between the laws and the test titles that cite them. */
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

/** Lists the contradictions between the requirements, their laws and the test titles that cite them. */
export function requirementProblems(
  requirements: readonly Requirement[],
  laws: readonly Law[],
  titles: readonly string[],
): string[] {
  const cited = new Set(titles.flatMap((title) => title.match(/\bG\d+\.\d+\b/g) ?? []))
  const ids = requirements.map(({ id }) => id)
  const expected = laws.flatMap((law) =>
    ids.filter((id) => id.startsWith(`${law.id}.`)).map((_, index) => `${law.id}.${index + 1}`),
  )
  return [
    ...(ids.join() === expected.join() ? [] : [`the ids are ${ids}, in place of ${expected}`]),
    ...laws.flatMap(({ id, inForce }) =>
      inForce && !ids.includes(`${id}.1`) ? [`${id} is in force and nothing is required`] : [],
    ),
    ...ids.filter((id) => !cited.has(id)).map((id) => `${id} is required and no test cites it`),
    ...[...cited].filter((id) => !ids.includes(id)).map((id) => `${id} is cited and is not required`),
    ...requirements.filter(({ source }) => source.trim() === '').map(({ id }) => `${id} has no source`),
  ]
}
