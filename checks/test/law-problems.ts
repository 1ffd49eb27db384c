import type { Requirement } from './requirements.ts'

/** Lists the contradictions between the ids of the laws and the test titles that cite them. */
export function lawProblems(laws: readonly string[], titles: readonly string[]): string[] {
  const cited = new Set(titles.flatMap((title) => title.match(/\bG\d+\b/g) ?? []))
  return [
    ...[...cited].filter((id) => !laws.includes(id)).map((id) => `${id} is cited and is no law`),
    ...laws.filter((id) => !cited.has(id)).map((id) => `${id} is a law and no test cites it`),
  ]
}

/** Lists the contradictions between the requirements, their laws and the test titles that cite them. */
export function requirementProblems(
  requirements: readonly Requirement[],
  laws: readonly string[],
  titles: readonly string[],
): string[] {
  const cited = new Set(titles.flatMap((title) => title.match(/\bG\d+\.\d+\b/g) ?? []))
  const ids = requirements.map(({ id }) => id)
  const expected = laws.flatMap((law) =>
    ids.filter((id) => id.startsWith(`${law}.`)).map((_, index) => `${law}.${index + 1}`),
  )
  return [
    ...(ids.join() === expected.join() ? [] : [`the ids are ${ids}, in place of ${expected}`]),
    ...laws
      .filter((law) => !ids.includes(`${law}.1`))
      .map((law) => `${law} is a law and nothing is required`),
    ...ids.filter((id) => !cited.has(id)).map((id) => `${id} is required and no test cites it`),
    ...[...cited].filter((id) => !ids.includes(id)).map((id) => `${id} is cited and is not required`),
    ...requirements.filter(({ source }) => source.trim() === '').map(({ id }) => `${id} has no source`),
  ]
}
