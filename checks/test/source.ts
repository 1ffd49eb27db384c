/** An `import` or re-export. `isType` when the compiler erases it whole. */
export interface ModuleImport {
  readonly specifier: string
  readonly isType: boolean
}

/** Comments; and strings and regular expressions, so that what only looks like a comment inside of one is left alone. */
const commentsAndText = new RegExp(
  [
    String.raw`\/\*[\s\S]*?\*\/`,
    String.raw`\/\/.*`,
    String.raw`'(?:\\.|[^'\\\n])*'`,
    String.raw`"(?:\\.|[^"\\\n])*"`,
    '`(?:\\\\[\\s\\S]|[^`\\\\])*`',
    // Where a value may begin, a slash is no division.
    String.raw`(?<=[=(,:[!&|?{}>]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/`,
  ].join('|'),
  'g',
)
const isComment = (match: string): boolean => /^\/[/*]/.test(match)

/** The source with its comments gone. */
export const withoutComments = (source: string): string =>
  source.replace(commentsAndText, (match) => (isComment(match) ? '' : match))

/** The source with its comments gone and its text emptied; what a template computes stays. */
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

/** The package that a specifier names, or `undefined` for a file, or a module of the platform. */
export function packageOf(specifier: string): string | undefined {
  if (/^(?:[./]|node:)/.test(specifier)) return undefined
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

/** A title follows `it(`, `test(` or one of their modifiers; or, after a table, the parenthesis that ends it. */
const testTitle =
  /(?:\b(?:it|test)(?:\.(?:concurrent|sequential))*|\))\(\s*('(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`[^`]*`)\s*,/g

/** The titles of the tests that a source declares and that run. */
export const testTitles = (source: string): string[] =>
  [...withoutComments(source).matchAll(testTitle)].map(([, title = '']) => title.slice(1, -1))
