/** What no tracked file may contain. Each pattern is written so that it does not match itself. */
const unwanted: Readonly<Record<string, RegExp>> = {
  'a path of one machine': /(?<![\w.~-])\/(?:home|Users|root|work)\/\w|\b[A-Z]:\\Users\\/,
  'the host of a registry': /\bregistry\.[a-z]|\bregistry=|:487[3]\b/,
  'a marker of unfinished work': /\b(?:T[O]DO|FI[X]ME|X[X]X)\b/,
  'a test that is skipped, or skips others': /\b(?:it|test|describe)(?:\.\w+)*\.(?:only|skip|todo)\b/,
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

/** Finds the actions of a workflow that are named by a tag or a branch, which may point to other code at any time. */
export const unpinnedActions = (workflow: string): string[] =>
  [...workflow.matchAll(/^\s*(?:-\s*)?uses:\s*['"]?([^'"\s]+)/gm)]
    .map(([, action = '']) => action)
    .filter((action) => !action.startsWith('./') && !/@[\da-f]{40}$/.test(action))

/** Returns the packages that a changeset names, with the size of the change. */
export const releasesOf = (changeset: string): [name: string, size: string][] => {
  const frontMatter = /^---\n([\s\S]*?)^---$/m.exec(changeset)?.[1] ?? ''
  return [...frontMatter.matchAll(/^['"]?([^'":]+)['"]?:\s*['"]?(\w+)/gm)].map(([, name = '', size = '']) => [
    name,
    size,
  ])
}
