import { randomInt } from 'node:crypto'
import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.ts'

/** What the command line asks for. No file has been opened yet. */
export type Request =
  | { readonly kind: 'help' | 'version' }
  | {
      readonly kind: 'serve'
      readonly profile: string | undefined
      readonly port: number
      readonly host: string | undefined
      readonly graceMs: number | undefined
      readonly seed: number
      readonly strict: boolean
      readonly control: boolean
      readonly json: boolean
      readonly toolMs: number | undefined
      readonly tls: boolean
      readonly certificateFile: string
      readonly scriptFile: string | undefined
      readonly traceFile: string | undefined
    }

const defaultPort = 8787
const defaultCertificateFile = 'livegate-emulator.pem'

// The generator uses 32 bits of its seed.
const seeds = 2 ** 32

const flags = {
  profile: { type: 'string' },
  port: { type: 'string' },
  host: { type: 'string' },
  tls: { type: 'boolean' },
  certificate: { type: 'string' },
  'tool-ms': { type: 'string' },
  script: { type: 'string' },
  'grace-ms': { type: 'string' },
  seed: { type: 'string' },
  strict: { type: 'boolean' },
  control: { type: 'boolean' },
  trace: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/** @throws {UsageError} that names the flag and its value. */
export function readArguments(args: readonly string[]): Request {
  const values = parse(args)
  if (values.help) return { kind: 'help' }
  if (values.version) return { kind: 'version' }
  if (values.certificate !== undefined && !values.tls) throw new UsageError('--certificate needs --tls')
  return {
    kind: 'serve',
    profile: values.profile,
    port: numberOf('port', values.port) ?? defaultPort,
    host: values.host,
    graceMs: numberOf('grace-ms', values['grace-ms']),
    seed: numberOf('seed', values.seed) ?? randomInt(seeds),
    strict: values.strict ?? false,
    control: values.control ?? false,
    json: values.json ?? false,
    toolMs: numberOf('tool-ms', values['tool-ms']),
    tls: values.tls ?? false,
    certificateFile: values.certificate ?? defaultCertificateFile,
    scriptFile: values.script,
    traceFile: values.trace,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: false }).values
  } catch (error) {
    // Node adds advice for programmers as a second sentence. Its advice for users is on further lines.
    const [message = ''] = (error as Error).message.split('. ', 1)
    throw new UsageError(message.replaceAll('\n', ' ').replace(/\.$/, ''))
  }
}

function numberOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^-?\d+$/.test(text)) return Number(text)
  throw new UsageError(`--${flag} takes a whole number, not "${text}"`)
}
