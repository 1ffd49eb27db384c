import { withoutSecrets } from '@livegate/core/wire'
import { playAll } from './demo.ts'
import { documentOf } from './document.ts'
import { help } from './help.ts'
import { type Options, readOptions } from './options.ts'
import { readSpeech } from './recording.ts'
import { screenFor, showCursor } from './screen.ts'
import { Show } from './show.ts'
import type { ActName } from './take.ts'
import { UsageError } from './usage-error.ts'

const exitCodes = {
  held: 0,
  broken: 1,
  usage: 2,
  SIGHUP: 129,
  SIGINT: 130,
  SIGPIPE: 141,
  SIGTERM: 143,
} as const

const screen = screenFor(process.stdout, process.env)

// Exit explicitly: the SDK cannot cancel a connection attempt, which would keep the process alive.
process.exit(await main(process.argv.slice(2)))

async function main(args: readonly string[]): Promise<number> {
  const stopped = new AbortController()
  let stoppedBy: 'SIGHUP' | 'SIGINT' | 'SIGTERM' = 'SIGINT'
  let outputFailed: Error | undefined
  const stop = (by: typeof stoppedBy): void => {
    stoppedBy = by
    stopped.abort()
  }
  process.once('SIGHUP', stop).once('SIGINT', stop).once('SIGTERM', stop)
  process.stdout.on('error', (error) => {
    outputFailed = error
    stopped.abort()
  })
  // If stderr is closed, nobody can read the error.
  process.stderr.on('error', () => {})
  process.once('exit', () => {
    if (screen.canRedraw) process.stdout.write(showCursor)
  })
  try {
    const request = readOptions(args, process.env)
    if (request.kind === 'run') return await run(request.options, stopped.signal)
    await print(help)
    return exitCodes.held
  } catch (error) {
    const cause = outputFailed ?? error
    // The reader of stdout has exited, as `head` does.
    if ((cause as NodeJS.ErrnoException).code === 'EPIPE') return exitCodes.SIGPIPE
    if (outputFailed === undefined && stopped.signal.aborted) {
      // The terminal has printed ^C without a line feed.
      if (process.stdout.isTTY) process.stdout.write('\n')
      return exitCodes[stoppedBy]
    }
    // The error of a failed connection may quote its URL, and a server the key.
    process.stderr.write(
      `demo: ${withoutSecrets(messageOf(cause), { apiKey: process.env.GEMINI_API_KEY })}\n`,
    )
    return cause instanceof UsageError ? exitCodes.usage : exitCodes.broken
  }
}

async function run(options: Options, signal: AbortSignal): Promise<number> {
  // pnpm runs scripts in the root of the repository, and says in INIT_CWD where it was called.
  const speech = await readSpeech(options.file, process.env.INIT_CWD)
  if (options.json) {
    const result = await playAll(options, speech, signal, {
      actBegins: (act) => reportProgress(act),
      actEnds: () => {},
    })
    await print(`${JSON.stringify(documentOf(options, speech, result), null, 2)}\n`)
    return result.broken.length === 0 ? exitCodes.held : exitCodes.broken
  }
  const show = new Show(options, speech, screen)
  show.open()
  try {
    const result = await playAll(options, speech, signal, show)
    show.close(result)
    // Wait until everything is written, or has failed.
    await print('')
    return result.broken.length === 0 ? exitCodes.held : exitCodes.broken
  } finally {
    show.stop()
  }
}

/** Resolves once the text is written; rejects if it can't be written. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })
}

function reportProgress(act: ActName): void {
  if (process.stderr.isTTY) process.stderr.write(`playing ${act} …\n`)
}

function messageOf(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}; see --help`
  return error instanceof Error ? error.message : String(error)
}
