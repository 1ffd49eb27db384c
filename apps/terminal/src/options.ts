import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.ts'

const policyNames = ['hold', 'drop', 'pass'] as const

/** What Livegate does with input while a tool runs. */
export type PolicyName = (typeof policyNames)[number]

/** The server that the acts talk to. */
export type ServerChoice =
  | { readonly kind: 'emulator' }
  | { readonly kind: 'google'; readonly apiKey: string; readonly model: string }

export interface Options {
  readonly policy: PolicyName
  readonly toolMs: number
  /** The file with the user's speech. Undefined: the demo's own recording. */
  readonly file: string | undefined
  readonly server: ServerChoice
  readonly json: boolean
}

/** What the command line asks for. */
export type Request = { readonly kind: 'help' } | { readonly kind: 'run'; readonly options: Options }

export const longestToolMs: number = 20_000
export const defaultToolMs: number = 1500
export const defaultModel: string = 'gemini-2.5-flash-native-audio-preview-12-2025'

const flags = {
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  live: { type: 'boolean' },
  policy: { type: 'string' },
  'tool-ms': { type: 'string' },
  file: { type: 'string' },
  model: { type: 'string' },
} as const

/**
 * Reads the command line. It uses the API key only for `--live`.
 *
 * @throws {UsageError} that names the flag and its value.
 */
export function readOptions(args: readonly string[], environment: NodeJS.ProcessEnv): Request {
  const values = parse(args)
  if (values.help) return { kind: 'help' }
  return {
    kind: 'run',
    options: {
      policy: policyOf(values.policy),
      toolMs: toolMsOf(values['tool-ms']),
      file: fileOf(values.file),
      server: serverOf(values.live ?? false, values.model, environment.GEMINI_API_KEY),
      json: values.json ?? false,
    },
  }
}

type Values = ReturnType<typeof parseArgs<{ options: typeof flags }>>['values']

function parse(args: readonly string[]): Values {
  try {
    // pnpm passes on the `--` that separates its own flags from those of the script.
    return parseArgs({ args: args[0] === '--' ? args.slice(1) : [...args], options: flags }).values
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    // Node adds advice for programmers as a second sentence. Its advice for users is on further lines.
    const [message = ''] = error.message.split('. ', 1)
    throw new UsageError(message.replaceAll('\n', ' ').replace(/\.$/, ''))
  }
}

function policyOf(value: string = 'hold'): PolicyName {
  const policy = policyNames.find((name) => name === value)
  if (policy) return policy
  throw new UsageError(`--policy must be hold, drop or pass, not ${JSON.stringify(value)}`)
}

function toolMsOf(value: string = String(defaultToolMs)): number {
  const toolMs = /^\d+$/.test(value) ? Number(value) : 0
  if (toolMs >= 1 && toolMs <= longestToolMs) return toolMs
  throw new UsageError(
    `--tool-ms must be an integer from 1 to ${longestToolMs}, not ${JSON.stringify(value)}`,
  )
}

function fileOf(value: string | undefined): string | undefined {
  if (value !== '') return value
  throw new UsageError('--file must name a file, not ""')
}

function serverOf(live: boolean, model: string | undefined, apiKey: string | undefined): ServerChoice {
  if (!live) {
    if (model === undefined) return { kind: 'emulator' }
    throw new UsageError(`--model ${JSON.stringify(model)} needs --live: the emulator has one model`)
  }
  if (model === '') throw new UsageError('--model must name a model, not ""')
  if (!apiKey) throw new UsageError('--live needs an API key in the environment variable GEMINI_API_KEY')
  return { kind: 'google', apiKey, model: model ?? defaultModel }
}
