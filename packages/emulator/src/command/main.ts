#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs'
import type { EmulatedSession } from '../emulated-session.ts'
import { EmulatorError } from '../emulator-error.ts'
import type { ProfileName } from '../profile.ts'
import type { Refusal } from '../refusal.ts'
import type { LogEntry } from '../session-log.ts'
import { startObserved } from '../start-emulator.ts'
import { type Request, readArguments } from './arguments.ts'
import { help } from './help.ts'
import { LiveLines } from './live-lines.ts'
import { readScript } from './read-script.ts'
import { TraceFile } from './trace-file.ts'
import { UsageError } from './usage-error.ts'

const exitCodes = { done: 0, failed: 1, usage: 2, SIGINT: 130, SIGTERM: 143, EPIPE: 141 } as const

// How often to look for audio that has no line yet.
const tickMs = 1000

process.exitCode = await main(process.argv.slice(2))

async function main(args: readonly string[]): Promise<number> {
  // If stderr is closed, nobody can read the error.
  process.stderr.on('error', () => {})
  try {
    const request = readArguments(args)
    if (request.kind === 'serve') return await serve(request)
    await print(request.kind === 'help' ? help : `${version()}\n`)
    return exitCodes.done
  } catch (error) {
    // The reader of stdout has exited, as `head` does.
    if ((error as NodeJS.ErrnoException).code === 'EPIPE') return exitCodes.EPIPE
    const isUsage =
      error instanceof UsageError || (EmulatorError.isInstance(error) && error.code === 'invalid-option')
    process.stderr.write(`livegate-emulator: ${problemOf(error)}${isUsage ? '; see --help' : ''}\n`)
    return isUsage ? exitCodes.usage : exitCodes.failed
  }
}

/** The error's message, in which an option of the library has the name of its flag. */
function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (!EmulatorError.isInstance(error)) return error.message
  if (error.code === 'port-in-use') return `${error.message}; --port 0 picks a free one`
  if (error.code !== 'invalid-option') return error.message
  return error.message.replace(/^\w+/, (option) => {
    return `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
  })
}

function print(text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.on('error', reject).write(text, (error) => (error ? reject(error) : resolve()))
  })
}

async function serve(request: Extract<Request, { kind: 'serve' }>): Promise<number> {
  let fail: (error: Error) => void = () => {}
  const stopped = new Promise<'SIGINT' | 'SIGTERM'>((resolve, reject) => {
    process.once('SIGINT', resolve).once('SIGTERM', resolve)
    process.stdout.on('error', reject)
    fail = reject
  })
  const script = request.scriptFile === undefined ? undefined : readScript(request.scriptFile)
  let trace: TraceFile | undefined
  const lines = new LiveLines((line) => process.stdout.write(`${line}\n`))
  const startedAtMs = performance.now()
  const sinceStartMs = () => performance.now() - startedAtMs
  const record = (event: object): void => {
    const traced = JSON.stringify(event)
    trace?.write(traced)
    if (request.json) process.stdout.write(`${traced}\n`)
  }
  const onEntry = (entry: LogEntry, session: EmulatedSession): void => {
    const nowMs = sinceStartMs()
    record({ session: session.number, sinceStartMs: nowMs, ...entry })
    if (!request.json) lines.add(entry, session, nowMs)
  }
  const onRefusal = (refusal: Refusal): void => {
    const nowMs = sinceStartMs()
    record({ kind: 'refused', sinceStartMs: nowMs, ...refusal })
    if (!request.json) lines.addRefusal(refusal, nowMs)
  }
  const { profile, host, tls, graceMs, toolMs, seed } = request
  const options = {
    port: request.port,
    strict: request.strict,
    control: request.control,
    seed,
    tls,
    onEntry,
    ...(profile !== undefined && { profile: profile as ProfileName }),
    ...(host !== undefined && { host }),
    ...(graceMs !== undefined && { graceMs }),
    ...(toolMs !== undefined && { toolMs }),
    ...(script !== undefined && { script }),
  }
  const emulator = await startObserved(options, onRefusal)
  const ticking = setInterval(() => lines.tick(sinceStartMs()), tickMs)
  try {
    // Open the trace only once the port is ours: if another run has it, the file may be that run's trace.
    if (request.traceFile !== undefined) trace = new TraceFile(request.traceFile, (error) => fail(error))
    if (tls) {
      writeCertificate(request.certificateFile, emulator.certificate ?? '')
      process.stderr.write(`Clients must trust the certificate in ${request.certificateFile}.\n`)
    }
    process.stderr.write(
      `Listening on ${emulator.url} as ${profile ?? 'gemini-2.5'}, with --seed ${seed}; Ctrl-C ends it.\n`,
    )
    return exitCodes[await stopped]
  } finally {
    clearInterval(ticking)
    await emulator.close()
    trace?.close()
  }
}

function writeCertificate(file: string, certificate: string): void {
  try {
    writeFileSync(file, certificate)
  } catch (error) {
    throw new UsageError(`--certificate ${file} can't be written: ${(error as NodeJS.ErrnoException).code}`)
  }
}

function version(): string {
  const manifest = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(manifest) as { version: string }).version
}
