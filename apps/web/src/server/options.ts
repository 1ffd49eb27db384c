import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.ts'

/** The server that the page talks to: the emulator, or Google with a key that stays here. */
export type Backend =
  | { readonly kind: 'emulator' }
  | {
      readonly kind: 'google'
      readonly apiKey: string
      readonly model: string
      /** An address to use instead of Google's for tokens and sessions; for tests. */
      readonly baseUrl?: string
    }

export interface Options {
  /** 0 means any free port. */
  readonly port: number
  readonly backend: Backend
}

/** What was asked for. */
export type Request = { readonly kind: 'help' } | { readonly kind: 'run'; readonly options: Options }

export const defaultPort: number = 8642
export const defaultModel: string = 'gemini-2.5-flash-native-audio-preview-12-2025'
const highestPort = 65_535

const flags = {
  help: { type: 'boolean', short: 'h' },
  port: { type: 'string' },
  emulator: { type: 'boolean' },
  model: { type: 'string' },
} as const

/**
 * Reads the command line and, for the key, the environment.
 *
 * @throws {UsageError} naming the flag and its value.
 */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Request {
  const values = parse(args)
  if (values.help) return { kind: 'help' }
  const apiKey = values.emulator ? undefined : environment.GEMINI_API_KEY
  return {
    kind: 'run',
    options: { port: portOf(values.port), backend: backendOf(apiKey, values.model) },
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof flags }>>['values']

function parse(args: readonly string[]): Values {
  try {
    // pnpm passes on the `--` between its own flags and the script's.
    return parseArgs({ args: args[0] === '--' ? args.slice(1) : [...args], options: flags }).values
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // Node adds advice for programmers in a second sentence, and advice for users on further lines.
    const [message = ''] = error.message.split('. ', 1)
    throw new UsageError(message.replaceAll('\n', ' ').replace(/\.$/, ''))
  }
}

function portOf(value: string = String(defaultPort)): number {
  const port = /^\d+$/.test(value) ? Number(value) : -1
  if (port >= 0 && port <= highestPort) return port
  throw new UsageError(`--port must be an integer from 0 to ${highestPort}, not ${JSON.stringify(value)}`)
}

function backendOf(apiKey: string | undefined, model: string | undefined): Backend {
  if (model === '') throw new UsageError('--model must name a model, not ""')
  if (apiKey) return { kind: 'google', apiKey, model: model ?? defaultModel }
  if (model === undefined) return { kind: 'emulator' }
  throw new UsageError(
    `--model ${JSON.stringify(model)} is for Google, which needs an API key in the environment variable GEMINI_API_KEY and no --emulator; the page chooses the emulator's`,
  )
}
