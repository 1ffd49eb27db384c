/** The commands of pnpm itself that a document may name. */
const ownCommands = ['add', 'exec', 'dlx', 'install', 'pack', 'remove', 'update', 'why']

/** Returns the scripts of the root, or of the workspace that `--filter` names. */
export type ScriptsOf = (filter: string | undefined) => readonly string[]

const invocation = /\bnpx\s+(?:-\S+\s+)*pnpm@12\s+(?<words>[^\n;&|#`]*)/g

/** Finds pnpm commands in shell code or a document that neither pnpm nor a package.json knows. */
export function unknownCommands(text: string, scriptsOf: ScriptsOf): string[] {
  const joined = text.replaceAll('\\\n', ' ')
  return [...joined.matchAll(invocation)]
    .map(({ groups }) => groups?.words?.trim() ?? '')
    .filter((words) => {
      const [, filter] = /(?:--filter|-F)[ =](\S+)/.exec(words) ?? []
      const [name = '', script = ''] = words
        .replaceAll(/(?:--filter|-F|--dir|-C)[ =]\S+/g, '')
        .split(/\s+/)
        .filter((word) => word !== '' && !word.startsWith('-'))
      const scripts = scriptsOf(filter)
      return name === 'run' ? !scripts.includes(script) : ![...ownCommands, ...scripts].includes(name)
    })
}
