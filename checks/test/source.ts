/** An `import` or re-export. `isType`: the compiler erases it completely. */
export interface ModuleImport {
  readonly specifier: string
  readonly isType: boolean
}

/** Matches comments. It also matches strings and regular expressions, so that comment-like text in them is not a comment. */
const commentsAndText = new RegExp(
  [
    String.raw`\/\*[\s\S]*?\*\/`,
    String.raw`\/\/.*`,
    String.raw`'(?:\\.|[^'\\\n])*'`,
    String.raw`"(?:\\.|[^"\\\n])*"`,
    '`(?:\\\\[\\s\\S]|[^`\\\\])*`',
    // Where a value may begin, a slash is not a division.
    String.raw`(?<=[=(,:[!&|?{}>]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/`,
  ].join('|'),
  'g',
)
const isComment = (match: string): boolean => /^\/[/*]/.test(match)

/** Removes the comments of a source. */
export const withoutComments = (source: string): string =>
  source.replace(commentsAndText, (match) => (isComment(match) ? '' : match))

/** Removes the comments and the text of a source. Expressions in templates stay. */
export const codeOf = (source: string): string =>
  source.replace(commentsAndText, (match) => {
    if (isComment(match)) return ''
    return match.startsWith('`') ? `(${[...match.matchAll(/\$\{([^}]*)\}/g)].map(([, code]) => code)})` : "''"
  })

const staticImport = /\b(?:import|export)\s+(type\s+)?(?:[\w*{$][^'";]*?\bfrom\s*)?(['"])(.+?)\2/g
const dynamicImport = /\bimport\(\s*(['"`])(.+?)\1/g

export function importsOf(source: string): ModuleImport[] {
  const code = withoutComments(source)
  return [
    ...[...code.matchAll(staticImport)].map(([, type, , specifier = '']) => ({
      specifier,
      isType: type !== undefined,
    })),
    ...[...code.matchAll(dynamicImport)].map(([, , specifier = '']) => ({ specifier, isType: false })),
  ]
}

/** Returns the package that a specifier names, or `undefined` for a file or a module of the platform. */
export function packageOf(specifier: string): string | undefined {
  if (/^(?:[./]|node:)/.test(specifier)) return undefined
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** Matches a test's title: it follows `it(`, `test(`, one of their modifiers, or the closing parenthesis of a table. */
const testTitle =
  /(?:\b(?:it|test)(?:\.(?:concurrent|sequential))*|\))\(\s*('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`[^`]*`)\s*,/g

/** Finds the titles of the tests in a source, except those that do not run. */
export const testTitles = (source: string): string[] =>
  [...withoutComments(source).matchAll(testTitle)].map(([, title = '']) => title.slice(1, -1))
