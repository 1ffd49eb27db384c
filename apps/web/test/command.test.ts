import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startServer } from '../src/server/start-server.ts'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const { GEMINI_API_KEY: _, ...inherited } = process.env
  const child = spawn(process.execPath, [main, ...args], { env: { ...inherited, ...environment } })
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** The output and the exit code of the command. */
async function ended(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const text = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    text.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    text.stderr += chunk
  })
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve))
  return { code, ...text }
}

/** Resolves with the first output. */
const firstWords = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => child.stdout?.once('data', (chunk) => resolve(String(chunk))))

describe('the command', () => {
  it('prints help', async () => {
    const { code, stdout, stderr } = await ended(start(['--help']))
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain('Usage: npx pnpm@12 demo:web [flags]')
    expect(stdout.split('\n').filter((line) => line.length > 92)).toEqual([])
  })

  it('refuses a flag that it does not know', async () => {
    expect(await ended(start(['--bogus']))).toEqual({
      code: 2,
      stdout: '',
      stderr: "demo:web: Unknown option '--bogus'; see --help\n",
    })
  })

  it('names a port that is taken, and what to do', async () => {
    const server = await startServer({ port: 0, backend: { kind: 'emulator' } })
    onTestFinished(() => server.close())
    const { port } = new URL(server.url)
    expect(await ended(start(['--port', port]))).toEqual({
      code: 1,
      stdout: '',
      stderr: `demo:web: port ${port} is taken: end what listens there, or choose another with --port\n`,
    })
  })

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('serves until %s', async (signal, code) => {
    const child = start(['--port', '0'])
    const words = await firstWords(child)
    expect(words).toMatch(
      /^Open http:\/\/127\.0\.0\.1:\d+\nIt talks to the emulator; with GEMINI_API_KEY in the environment, to Google\. Ctrl-C ends it\.\n$/,
    )
    const [url = ''] = /http:\S+/.exec(words) ?? []
    expect((await fetch(url)).status).toBe(200)
    child.kill(signal)
    expect((await ended(child)).code).toBe(code)
  })

  it('says that it talks to Google, without quoting the key', async () => {
    const child = start(['--port', '0'], { GEMINI_API_KEY: 'secret' })
    const words = await firstWords(child)
    child.kill('SIGINT')
    const { stdout, stderr } = await ended(child)
    expect(words).toContain('It talks to Google, as gemini-2.5-flash-native-audio-preview-12-2025')
    expect(words + stdout + stderr).not.toContain('secret')
  })
})
