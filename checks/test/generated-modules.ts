import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { root } from './files.ts'
import { run } from './run.ts'

/** A block of code in a document. */
export interface Example {
  readonly document: string
  /** The line of the document where the code begins. */
  readonly line: number
  readonly code: string
  /** The name of its file, if other examples of the document import it. */
  readonly file?: string | undefined
}

const generated = join(root, 'checks/.generated')
const checksConfig = join(root, 'checks/tsconfig.json')

/** The compilers that examples are checked with, by the package of each: the project's own, and the oldest that is supported. */
export type Compiler = 'typescript' | 'typescript-5'

/**
 * Writes examples to files as modules, for the compiler and Node. The files are in `checks`, which depends on every package, so that
 * they import the built packages as a user's code does.
 */
export class GeneratedModules {
  readonly #folder: string
  readonly #examples: readonly Example[]

  /** @param name a folder name that keeps the modules of test files apart. */
  constructor(name: string, examples: readonly Example[]) {
    this.#folder = join(generated, name)
    this.#examples = examples
    rmSync(this.#folder, { recursive: true, force: true })
    mkdirSync(this.#folder, { recursive: true })
    // Hide these files from git, and from the linter, which follows git.
    writeFileSync(join(generated, '.gitignore'), '*\n')
    for (const example of examples) {
      const module = this.#moduleOf(example)
      mkdirSync(dirname(module), { recursive: true })
      if (existsSync(module))
        throw new Error(`${example.document}:${example.line}: ${example.file} exists already`)
      // The blank lines give the code the same line numbers as in the document, so that errors name the document's lines.
      writeFileSync(module, '\n'.repeat(example.line - 1) + example.code)
    }
  }

  /**
   * Returns the compiler's errors in the examples, with their places in the documents.
   *
   * @param options the compiler's, besides those of `checks`.
   */
  async typeErrors(compiler: Compiler = 'typescript', options: object = {}): Promise<string[]> {
    const config = join(this.#folder, 'tsconfig.json')
    const compilerOptions = { moduleDetection: 'force', ...options }
    const files = this.#examples.map((example) => this.#moduleOf(example))
    // The tests in `checks` are not to be compiled again beside the examples.
    const lists = { files, include: [], references: [] }
    writeFileSync(config, JSON.stringify({ extends: checksConfig, compilerOptions, ...lists }))
    const program = join(root, 'checks/node_modules', compiler, 'bin/tsc')
    const args = [program, '--project', config, '--pretty', 'false']
    const { code, stdout, stderr } = await run(process.execPath, args, { timeoutMs: 60_000 })
    const output = stdout + stderr
    if (code === 0) return []
    const errors = output
      .replaceAll(`${relative(root, this.#folder)}/`, '')
      .replaceAll(/\/[\w-]+\.ts\((\d+),\d+\)/g, ':$1')
    return errors.trim().split('\n')
  }

  /** Runs an example as a program. Returns how it failed or what it wrote to stderr, or `undefined` if it did neither. */
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
