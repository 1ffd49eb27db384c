import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './files.ts'
import { run } from './run.ts'

/** Code that stands in a document. */
export interface Example {
  readonly document: string
  /** The line of the document where the code begins. */
  readonly line: number
  readonly code: string
  /** The name of its file, where other examples of the document import it. */
  readonly file?: string | undefined
}

const generated = join(root, 'checks/.generated')
const checksConfig = join(root, 'checks/tsconfig.json')
const compiler = join(root, 'checks/node_modules/.bin/tsc')

/**
 * Examples, written out as modules so that the compiler and Node can read them. They lie in `checks`, which depends on every
 * package, so that they import the built packages as their readers will.
 */
export class GeneratedModules {
  readonly #folder: string
  readonly #examples: readonly Example[]

  /** @param name tells the modules of one test file from those of another. */
  constructor(name: string, examples: readonly Example[]) {
    this.#folder = join(generated, name)
    this.#examples = examples
    rmSync(this.#folder, { recursive: true, force: true })
    mkdirSync(this.#folder, { recursive: true })
    // Neither git nor the linter, which asks git, is to look at what is written here.
    writeFileSync(join(generated, '.gitignore'), '*\n')
    for (const example of examples) {
      const module = this.#moduleOf(example)
      mkdirSync(dirname(module), { recursive: true })
      if (existsSync(module))
        throw new Error(`${example.document}:${example.line}: ${example.file} is there already`)
      // The lines above keep the code on the line it has in the document: what is said of one holds for the other.
      writeFileSync(module, '\n'.repeat(example.line - 1) + example.code)
    }
  }

  /** What the compiler has against the examples, each at its place in its document. */
  async typeErrors(): Promise<string[]> {
    const config = join(this.#folder, 'tsconfig.json')
    const compilerOptions = { moduleDetection: 'force' }
    const files = this.#examples.map((example) => this.#moduleOf(example))
    writeFileSync(config, JSON.stringify({ extends: checksConfig, compilerOptions, files, references: [] }))
    const { code, stdout, stderr } = await run(compiler, ['--project', config, '--pretty', 'false'])
    const output = stdout + stderr
    if (code === 0) return []
    const errors = output
      .replaceAll(`${relative(root, this.#folder)}/`, '')
      .replaceAll(/\/[\w-]+\.ts\((\d+),\d+\)/g, ':$1')
    return errors.trim().split('\n')
  }

  /** Runs an example as a program of its own. What is wrong with how it ended or what it complains of, or `undefined`. */
  async runError(example: Example, timeoutMs: number): Promise<string | undefined> {
    const { code, stderr } = await run(process.execPath, [this.#moduleOf(example)], { timeoutMs })
    if (code === 0 && stderr === '') return undefined
    const complains = code === 0 ? 'complains' : `ended with ${code}`
    const end = code === null ? `was still running after ${timeoutMs} ms` : complains
    return `${example.document}:${example.line} ${end}\n${stderr}`.trim()
  }

  #moduleOf({ document, line, file = `${line}.ts` }: Example): string {
    return join(this.#folder, document, file)
  }
}
