import { execFile } from 'node:child_process'
import { root } from './files.ts'

/** How a command ended; `code` is null when it was killed, by its time limit for example. */
export interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly timeoutMs?: number
}

/** Runs a command to its end. It never rejects: a failure is an outcome too. */
export function run(
  file: string,
  args: readonly string[],
  { cwd = root, timeoutMs = 30_000 }: RunOptions = {},
): Promise<Outcome> {
  // Pass on only what a command needs to start: no keys of the machine. NO_COLOR keeps the output plain.
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1' }
  return new Promise((resolve) => {
    const child = execFile(file, args, { cwd, env, timeout: timeoutMs }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, stdout, stderr }),
    )
    child.stdin?.end()
  })
}
