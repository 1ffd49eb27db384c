/** What no tracked file may hold. Each pattern is written so that it does not match itself. */
const unwanted: Readonly<Record<string, RegExp>> = {
  'a path of one machine': /(?<![\w.~-])\/(?:home|Users|root|work)\/\w|\b[A-Z]:\\Users\\/,
  'the host of a registry': /\bregistry\.[a-z]|\bregistry=|:487[3]\b/,
  'a marker of unfinished work': /\b(?:T[O]DO|FI[X]ME|X[X]X)\b/,
  'a test that is left out, or leaves others out': /\b(?:it|test|describe)(?:\.\w+)*\.(?:only|skip|todo)\b/,
}

export interface Finding {
  readonly line: number
  readonly what: string
}

export const findUnwanted = (text: string): Finding[] =>
  text.split('\n').flatMap((content, index) =>
    Object.entries(unwanted)
      .filter(([, pattern]) => pattern.test(content))
      .map(([what]) => ({ line: index + 1, what })),
  )

/** The actions of a workflow that a tag or a branch names, which can come to mean other code overnight. */
export const unpinnedActions = (workflow: string): string[] =>
  [...workflow.matchAll(/^\s*(?:-\s*)?uses:\s*['"]?([^'"\s]+)/gm)]
    .map(([, action = '']) => action)
    .filter((action) => !action.startsWith('./') && !/@[\da-f]{40}$/.test(action))

/** The packages that a changeset names, with the size of the change. */
export const releasesOf = (changeset: string): [name: string, size: string][] => {
  const frontMatter = /^---\n([\s\S]*?)^---$/m.exec(changeset)?.[1] ?? ''
  return [...frontMatter.matchAll(/^['"]?([^'":]+)['"]?:\s*['"]?(\w+)/gm)].map(([, name = '', size = '']) => [
    name,
    size,
  ])
}
