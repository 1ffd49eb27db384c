import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { startEmulator } from '@livegate/emulator'
import { describe, expect, it } from 'vitest'
import type { DemoDocument } from '../src/document.ts'
import type { ModeReport } from '../src/report.ts'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Runs the built demo. `onOutput` sees what it has printed so far. */
function run(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  onOutput: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void = () => {},
): Promise<Run> {
  const { GEMINI_API_KEY: _, ...inherited } = process.env
  const child = spawn(process.execPath, [main, ...args], { env: { ...inherited, ...environment } })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
    onOutput(stdout, (signal) => child.kill(signal))
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

function reportsOf({ stdout }: Run): { document: DemoDocument; reports: ModeReport[] } {
  const document: DemoDocument = JSON.parse(stdout)
  return { document, reports: document.acts.flatMap(({ modes }) => modes) }
}

const reason = 'Operation is not implemented, or supported, or enabled.'
const slow = 60_000

describe.concurrent('the demo', () => {
  it('shows what happens in each act', { timeout: slow }, async () => {
    const result = await run(['--json'])
    const { document, reports } = reportsOf(result)
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: '' })
    expect(document).toMatchObject({
      server: 'emulator',
      speech: { file: 'speech/weather.wav', durationMs: 5460 },
      toolMs: 1500,
      policy: 'hold',
      acts: [{ act: 'bare-sdk' }, { act: 'boolean-flag' }, { act: 'livegate' }],
      held: true,
      broken: [],
    })
    const died = { alive: false, code: 1008, reason, atMs: expect.any(Number) }
    const lives = { alive: true }
    expect(reports).toMatchObject([
      {
        mode: 'hands-free',
        session: died,
        turns: { spoken: 2, understood: 1, lastEnded: false, answered: false },
      },
      {
        mode: 'push-to-talk',
        session: died,
        signals: { offered: 4, received: 3, lost: ['activityEnd'] },
        turns: { spoken: 2, understood: 1, lastEnded: false, answered: false },
      },
      {
        mode: 'hands-free',
        session: lives,
        // The server learns of the end of a question whose beginning is missing.
        turns: { spoken: 2, understood: 1, lastEnded: true, answered: true },
      },
      {
        mode: 'push-to-talk',
        session: lives,
        signals: { offered: 4, received: 3, lost: ['activityStart'] },
        turns: { spoken: 2, understood: 1, lastEnded: false, answered: false },
      },
      {
        mode: 'hands-free',
        session: lives,
        speech: { offeredMs: 5460, receivedMs: 5460, lostMs: 0, lostSpokenMs: 0 },
        turns: { spoken: 2, understood: 2, lastEnded: true, answered: true },
        toolResponses: 1,
      },
      {
        mode: 'push-to-talk',
        session: lives,
        speech: { offeredMs: 3780, receivedMs: 3780, lostMs: 0, lostSpokenMs: 0 },
        signals: { offered: 4, received: 4, lost: [] },
        turns: { spoken: 2, understood: 2, lastEnded: true, answered: true },
        window: { violations: 0 },
        toolResponses: 1,
      },
    ])
    for (const { speech } of reports.slice(0, 4)) expect(speech.lostSpokenMs).toBeGreaterThan(400)
  })

  it('reports what --policy drop drops', { timeout: slow }, async () => {
    const result = await run(['--policy', 'drop', '--json'])
    const { document, reports } = reportsOf(result)
    expect([result.code, document.held, document.broken]).toEqual([0, true, []])
    for (const { session, speech, signals } of reports.slice(4)) {
      expect([session, signals.lost]).toEqual([{ alive: true }, []])
      expect(speech.lostMs).toBeGreaterThan(0)
    }
  })

  it('lets the server close the session with --policy pass', { timeout: slow }, async () => {
    const result = await run(['--policy', 'pass', '--json'])
    const { document, reports } = reportsOf(result)
    expect([result.code, document.held]).toEqual([0, true])
    expect(reports.slice(4).map(({ session }) => session.alive)).toEqual([false, false])
  })

  it('shows all acts as text, without colours outside of a terminal', { timeout: slow }, async () => {
    const { code, stdout } = await run([])
    expect(code).toBe(0)
    expect(stdout).not.toContain('\u001b')
    expect(stdout.split('\n').filter((line) => line.length > 100)).toEqual([])
    expect(stdout).toContain('✓ Livegate kept its promise: every sample arrived, in order')
    expect(stdout).toContain("The server is this project's emulator, not Google's")
  })

  it.each([
    ['SIGHUP', 129, '1 · The bare SDK', '2 · The boolean-flag advice'],
    ['SIGINT', 130, '2 · The boolean-flag advice', '3 · Livegate'],
  ] as const)(
    'closes everything on %s, and exits with %i',
    {
      timeout: slow,
    },
    async (signal, expected, during, next) => {
      const { code, stdout, stderr } = await run([], {}, (printed, kill) => {
        if (printed.includes(during)) kill(signal)
      })
      expect({ code, stderr }).toEqual({ code: expected, stderr: '' })
      expect(stdout).not.toContain(next)
    },
  )

  it.each([[['--help']], [[]]])('reports that its output cannot be written: %j', async (args) => {
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', full, 'pipe'] })
    closeSync(full)
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    const [code] = await once(child, 'close')
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'demo: ENOSPC: no space left on device, write\n' })
  })

  it.each([
    [['--help'], 'stdout', 141],
    [[], 'stdout', 141],
    [['--fast'], 'stderr', 2],
  ] as const)('ends cleanly when the reader has gone: %j to %s', async (args, stream, expected) => {
    const child = spawn(process.execPath, [main, ...args])
    let rest = ''
    child[stream === 'stdout' ? 'stderr' : 'stdout'].setEncoding('utf8').on('data', (text: string) => {
      rest += text
    })
    child[stream].destroy()
    const [code] = await once(child, 'close')
    expect({ code, rest }).toEqual({ code: expected, rest: '' })
  })

  it('plays one act against the real API, and does not print the key', { timeout: slow }, async () => {
    // The emulator stands in for Google's server.
    const emulator = await startEmulator()
    const environment = { GEMINI_API_KEY: 'the-key', GOOGLE_GEMINI_BASE_URL: emulator.url }
    const result = await run(['--live', '--json'], environment)
    await emulator.close()
    const { document } = reportsOf(result)
    expect([result.code, result.stderr]).toEqual([0, ''])
    expect(result.stdout).not.toContain('the-key')
    expect(emulator.sessions.map(({ connection }) => connection.version)).toEqual(['v1beta'])
    expect(document).toMatchObject({
      server: 'google',
      acts: [
        {
          act: 'livegate',
          modes: [
            {
              mode: 'hands-free',
              session: { alive: true },
              speech: { offeredMs: 5460, receivedMs: null, lostMs: null },
              turns: { spoken: 2, understood: null, lastEnded: null, answered: true },
              window: null,
            },
          ],
        },
      ],
      held: true,
    })
  })

  // Shorter than the 30 s after which the demo gives up connecting.
  it('ends on Ctrl-C while it connects to a server that says nothing', { timeout: 20_000 }, async () => {
    const mute = createServer()
    await once(mute.listen(0, '127.0.0.1'), 'listening')
    const baseUrl = `http://127.0.0.1:${(mute.address() as AddressInfo).port}`
    const environment = { ...process.env, GEMINI_API_KEY: 'the-key', GOOGLE_GEMINI_BASE_URL: baseUrl }
    const child = spawn(process.execPath, [main, '--live', '--json'], { env: environment })
    const [socket] = (await once(mute, 'connection')) as [Socket]
    child.kill('SIGINT')
    expect(await once(child, 'close')).toEqual([130, null])
    socket.destroy()
    mute.close()
  })

  it('says so when the real API cannot be reached', { timeout: slow }, async () => {
    // Nothing listens on port 1. A port that was just closed might already belong to another test.
    const environment = { GEMINI_API_KEY: 'the-key', GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:1' }
    const { code, stdout, stderr } = await run(['--live', '--json'], environment)
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toMatch(/^demo: the connection failed: .*\n$/)
  })

  it('prints neither the key nor control characters that a server says', { timeout: slow }, async () => {
    const emulator = await startEmulator({
      onEntry: ({ kind }, session) => {
        if (kind === 'received') session.close(1008, 'the-key is \u001b[2Jno key')
      },
    })
    // From a file with the line ends of Windows.
    const environment = { GEMINI_API_KEY: 'the-key\r', GOOGLE_GEMINI_BASE_URL: emulator.url }
    const { stderr } = await run(['--live', '--json'], environment)
    await emulator.close()
    expect(stderr).toBe('demo: the server closed the connection: 1008 … is \ufffd[2Jno key\n')
  })

  it.each([
    [['--tool-ms', 'soon'], 'demo: --tool-ms must be an integer from 1 to 20000, not "soon"; see --help\n'],
    [['--file', 'no-such.wav'], 'demo: --file no-such.wav does not exist; see --help\n'],
    [['--live'], 'demo: --live needs an API key in the environment variable GEMINI_API_KEY; see --help\n'],
  ])('refuses %j with exit code 2', async (args, stderr) => {
    expect(await run(args)).toEqual({ code: 2, stdout: '', stderr })
  })

  it('looks for a file in the folder that pnpm was called in', async () => {
    const folder = fileURLToPath(new URL('.', import.meta.url))
    const { code, stderr } = await run(['--file', 'demo.test.ts'], { INIT_CWD: folder })
    expect(code).toBe(2)
    expect(stderr).toMatch(/^demo: --file demo\.test\.ts is not a WAV file that can be read/)
  })
})
