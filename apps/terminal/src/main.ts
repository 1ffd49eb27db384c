import { playAll } from './demo.ts'
import { documentOf } from './document.ts'
import { help } from './help.ts'
import { type Options, readOptions } from './options.ts'
import { paintFor } from './paint.ts'
import { readSpeech } from './recording.ts'
import { type Screen, showCursor } from './screen.ts'
import { Show } from './show.ts'
import type { ActName } from './take.ts'
import { UsageError } from './usage-error.ts'

const exitCodes = { held: 0, broken: 1, usage: 2, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const

const defaultWidth = 100
const narrowest = 60
const widest = 130
/** The lanes of two modes, and the cursor's line below. */
const rowsToRedraw = 18

// A connection that is still being opened would keep the process: the SDK has no way to give one up.
process.exit(await main(process.argv.slice(2)))

async function main(args: readonly string[]): Promise<number> {
  const stopped = new AbortController()
  let stoppedBy: 'SIGINT' | 'SIGTERM' = 'SIGINT'
  let outputFailed: Error | undefined
  const stop = (by: typeof stoppedBy): void => {
    stoppedBy = by
    stopped.abort()
  }
  process.once('SIGINT', stop).once('SIGTERM', stop)
  process.stdout.on('error', (error) => {
    outputFailed = error
    stopped.abort()
  })
  // Nobody is left to be told.
  process.stderr.on('error', () => {})
  process.once('exit', () => {
    if (process.stdout.isTTY) process.stdout.write(showCursor)
  })
  try {
    const request = readOptions(args, process.env)
    if (request.kind === 'run') return await run(request.options, stopped.signal)
    await print(help)
    return exitCodes.held
  } catch (error) {
    const cause = outputFailed ?? error
    // Whoever read the output is gone, `head` say.
    if ((cause as NodeJS.ErrnoException).code === 'EPIPE') return exitCodes.SIGPIPE
    if (outputFailed === undefined && stopped.signal.aborted) return exitCodes[stoppedBy]
    process.stderr.write(`demo: ${withoutKey(messageOf(cause))}\n`)
    return cause instanceof UsageError ? exitCodes.usage : exitCodes.broken
  }
}

async function run(options: Options, signal: AbortSignal): Promise<number> {
  // A script runs in the repository's root; where it was called from is what pnpm says.
  const speech = await readSpeech(options.file, process.env.INIT_CWD)
  if (options.json) {
    const result = await playAll(options, speech, signal, {
      actBegins: (act) => tellProgress(act),
      actEnds: () => {},
    })
    await print(`${JSON.stringify(documentOf(options, speech, result), null, 2)}\n`)
    return result.broken.length === 0 ? exitCodes.held : exitCodes.broken
  }
  const show = new Show(options, speech, screenOf(process.stdout))
  show.open()
  try {
    const result = await playAll(options, speech, signal, show)
    show.close(result)
    // What was written before this is out as well, or has failed.
    await print('')
    return result.broken.length === 0 ? exitCodes.held : exitCodes.broken
  } finally {
    show.stop()
  }
}

/** Resolves once the text is out; rejects if it can't be written. */
function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
  })
}

function tellProgress(act: ActName): void {
  if (process.stderr.isTTY) process.stderr.write(`playing ${act} …\n`)
}

function screenOf(stream: NodeJS.WriteStream): Screen {
  // One column less: a terminal that is written full may go to the next line by itself.
  const columns = stream.columns ? stream.columns - 1 : defaultWidth
  return {
    width: Math.min(widest, Math.max(narrowest, columns)),
    paint: paintFor(stream),
    canRedraw: stream.isTTY && columns >= narrowest && stream.rows >= rowsToRedraw,
    write: (text) => stream.write(text),
  }
}

function messageOf(error: unknown): string {
  if (error instanceof UsageError) return `${error.message}; see --help`
  return error instanceof Error ? error.message : String(error)
}

/** A failed connection may quote its URL, which holds the key. */
function withoutKey(text: string): string {
  const key = process.env.GEMINI_API_KEY
  return key ? text.replaceAll(key, '…') : text
}
