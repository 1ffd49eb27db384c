import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type EmulatedSession, startEmulator } from '@livegate/emulator'
import { build } from 'esbuild'
import { expect, it, onTestFinished } from 'vitest'
import type { Outcome } from './clients/spoken-call.ts'

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))
const run = promisify(execFile)

/** For a busy machine, on which they start slowly. */
const limitMs = 120_000

/** Runs a bundle in a folder, and returns the outcome of its session. */
type Runtime = (command: string, folder: string) => Promise<Outcome>

const inProcess =
  (...args: readonly string[]): Runtime =>
  async (command, folder) =>
    JSON.parse((await run(command, [...args, join(folder, 'program.mjs')], { timeout: limitMs })).stdout)

const inWorker: Runtime = async (command, folder) => {
  const config = join(folder, 'worker.capnp')
  copyFileSync(pathOf('clients/worker.capnp'), config)
  const child = spawn(command, ['serve', config, '--control-fd=1'], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill())
  const [listening] = await once(child.stdout, 'data')
  const { port } = JSON.parse(String(listening)) as { port: number }
  return (await (await fetch(`http://127.0.0.1:${port}/`)).json()) as Outcome
}

/** Each with its command, in the folder where `.ci/run` installs it. */
const runtimes: readonly (readonly [string, string, Runtime])[] = [
  ['Node 22', 'node/bin/node', inProcess()],
  ['Bun', '.bin/bun', inProcess('run')],
  ['Deno', '.bin/deno', inProcess('run', '--allow-net')],
  ['a worker', '.bin/workerd', inWorker],
]

/** The number of samples that the model said. */
const samplesSpokenIn = ({ log }: EmulatedSession): number =>
  log.reduce((sum, entry) => {
    return entry.kind === 'sent' && entry.message.type === 'audio' ? sum + entry.message.samples : sum
  }, 0)

it.for(runtimes)(
  'G1, G5.1, G6.1: over the WebSocket of %s, holds what is said while a tool runs, hears the whole reply, survives a ' +
    'silence, and reports at once that nobody listens',
  { timeout: limitMs },
  async ([name, path, runIn], { skip }) => {
    const command = pathOf(`../../../.runtimes/node_modules/${path}`)
    if (!existsSync(command)) {
      const advice = `this needs ${name} in .runtimes: .ci/run installs it`
      if (process.env.CI) throw new Error(advice)
      skip(advice)
    }
    const emulator = await startEmulator({
      graceMs: 0,
      strict: true,
      script: [{ call: [{ name: 'get_weather' }], thenSay: 'Twelve degrees.' }],
    })
    const folder = mkdtempSync(join(tmpdir(), 'livegate-'))
    onTestFinished(async () => {
      await emulator.close()
      rmSync(folder, { recursive: true })
    })
    await build({
      entryPoints: { program: pathOf('clients/program.ts'), worker: pathOf('clients/worker.ts') },
      define: { emulatorUrl: JSON.stringify(emulator.url) },
      outdir: folder,
      outExtension: { '.js': '.mjs' },
      bundle: true,
      format: 'esm',
      // Loaded only if no other socket is given.
      external: ['ws'],
    })

    const { verdicts, heard, close, unheard } = await runIn(command, folder)
    expect({ verdicts, close, unheard }).toEqual({
      verdicts: [...Array(5).fill('sent'), ...Array(5).fill('held')],
      close: { code: 1000, reason: '' },
      unheard: expect.stringMatching(/^closed: .*; before its deadline$/),
    })
    const [session] = emulator.sessions
    expect(session?.inputsDuringWindow).toEqual({ grace: 0, violations: 0 })
    const said = Array.from({ length: 10 }, (_, index) => Array<number>(320).fill(index + 1)).flat()
    expect([...(session?.receivedAudio() ?? [])]).toEqual(said)
    expect(heard).toBe(session && samplesSpokenIn(session))
  },
)
