import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from './files.ts'
import { run } from './run.ts'

/** What spin checks: that no step breaks a law, or that no run is endless. */
export type Search = 'laws' | 'endless-runs'

/** The result of a search, which stops at the first error. */
export interface Finding {
  readonly errors: number
  /** The broken law, or spin's message for any other error. */
  readonly broken: string | undefined
  /** spin's messages that the search was incomplete. */
  readonly cutShort: readonly string[]
}

export const modelPath = 'docs/model/gate.pml'

/** Far above the depth of the model. If it were too low, spin would report it. */
const maxDepth = 1000

const flagsOf: Readonly<Record<Search, { readonly compiler: readonly string[]; readonly pan: string[] }>> = {
  laws: { compiler: ['-DSAFETY'], pan: [] },
  'endless-runs': { compiler: ['-DNP', '-DNOFAIR'], pan: ['-l'] },
}

/** Searches the model, or a mutant of it, exhaustively. */
export async function checkModel(search: Search, mutant = 'NONE'): Promise<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'livegate-model-'))
  const must = async (file: string, ...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await run(file, args, { cwd: folder, timeoutMs: 240_000 })
    if (code !== 0) throw new Error(`${file} ended with ${code}: ${stdout}${stderr}`)
    return stdout
  }
  try {
    copyFileSync(join(root, modelPath), join(folder, 'gate.pml'))
    const { compiler, pan } = flagsOf[search]
    await must('spin', `-DMUTANT=${mutant}`, '-a', 'gate.pml')
    // The code that spin generates causes compiler warnings.
    await must('gcc', '-w', '-O2', ...compiler, '-o', 'pan', 'pan.c')
    return findingOf(await must('./pan', `-m${maxDepth}`, ...pan))
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Reads spin's report of a search. */
export function findingOf(report: string): Finding {
  const errors = /errors: (\d+)/.exec(report)?.[1]
  if (errors === undefined) throw new Error(`no count of errors in: ${report}`)
  const [, error] = /^pan:\d+: (.*?) \(at depth \d+\)$/m.exec(report) ?? []
  return {
    errors: Number(errors),
    broken: /^assertion violated \((G\d+)\|\|/.exec(error ?? '')?.[1] ?? error,
    cutShort: report.match(/max search depth too small|out of memory|search not completed/gi) ?? [],
  }
}

/** Lists the tools that the check of the model needs and this machine lacks. */
export async function missingTools(): Promise<string[]> {
  const tools: readonly (readonly [string, string])[] = [
    ['spin', '-V'],
    ['gcc', '--version'],
  ]
  const outcomes = await Promise.all(tools.map(([tool, version]) => run(tool, [version])))
  return tools.filter((_, index) => outcomes[index]?.code !== 0).map(([tool]) => tool)
}
