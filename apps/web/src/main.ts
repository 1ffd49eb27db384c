import { help } from './server/help.ts'
import { type Options, readOptions } from './server/options.ts'
import { startServer } from './server/start-server.ts'
import { UsageError } from './server/usage-error.ts'

const exitCodes = { done: 0, failed: 1, usage: 2, SIGINT: 130, SIGTERM: 143 } as const

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  try {
    const request = readOptions(args, process.env)
    if (request.kind === 'run') return await serve(request.options)
    process.stdout.write(help)
    return exitCodes.done
  } catch (error) {
    const isUsage = error instanceof UsageError
    const message = error instanceof Error ? error.message : String(error)
    process.stderr.write(`demo:web: ${message}${isUsage ? '; see --help' : ''}\n`)
    return isUsage ? exitCodes.usage : exitCodes.failed
  }
}

async function serve(options: Options): Promise<number> {
  const stopped = new Promise<'SIGINT' | 'SIGTERM'>((resolve) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve)
  })
  const server = await startServer(options)
  const { backend } = options
  const whom =
    backend.kind === 'google'
      ? `It talks to Google, as ${backend.model}, with the key in GEMINI_API_KEY, which stays here.`
      : 'It talks to the emulator; with GEMINI_API_KEY in the environment, to Google.'
  process.stdout.write(`Open ${server.url}\n${whom} Ctrl-C ends it.\n`)
  try {
    return exitCodes[await stopped]
  } finally {
    await server.close()
  }
}
