import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  createReadStream,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { GoogleGenAI } from '@google/genai'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { startEmulator } from '../src/index.ts'

const main = fileURLToPath(new URL('../src/command/main.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'livegate-'))
let files = 0
const running = new Set<ChildProcessWithoutNullStreams>()

afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})

afterAll(() => rmSync(folder, { recursive: true }))

function fileWith(name: string, text: string): string {
  const file = join(folder, `${++files}-${name}`)
  writeFileSync(file, text)
  return file
}

/** Starts the command as a process. */
function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args])
  running.add(child)
  const seen = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      seen[stream] += text
    })
  }
  const exited = once(child, 'close').then(([code]) => code as number)
  /** Waits for output. If it never comes, the test times out. */
  const says = async (stream: 'stdout' | 'stderr', pattern: RegExp): Promise<string> => {
    for (;;) {
      const match = pattern.exec(seen[stream])
      if (match) return match[1] ?? match[0]
      await once(child[stream], 'data')
    }
  }
  return { child, seen, exited, says }
}

async function run(...args: readonly string[]) {
  const { seen, exited } = start(...args)
  return { code: await exited, ...seen }
}

describe('the command', () => {
  it.each(['--help', '-h'])('explains itself with %s', async (flag) => {
    const { code, stdout, stderr } = await run(flag)
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^Usage: livegate-emulator \[options\]\n/)
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([])
  })

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
    expect(await run('--version')).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' })
  })

  it.each<[string, () => readonly string[], string]>([
    ['a port without its flag', () => ['8787'], "Unexpected argument '8787'; see --help"],
    ['an unknown flag', () => ['--prot', '1'], "Unknown option '--prot'; see --help"],
    ['a port that is no number', () => ['--port', 'x'], '--port takes a whole number, not "x"; see --help'],
    [
      'a port in hexadecimal',
      () => ['--port', '0x10'],
      '--port takes a whole number, not "0x10"; see --help',
    ],
    [
      'an impossible port',
      () => ['--port', '65536'],
      '--port must be an integer from 0 to 65535, but is 65536; see --help',
    ],
    ['a negative time', () => ['--grace-ms=-5'], '--grace-ms must be a number of 0 or more, but is -5'],
    ['an unknown profile', () => ['--profile', 'gemini-9'], '--profile must be "gemini-2.5" or'],
    [
      'a script that is not there',
      () => ['--script', 'nowhere.json'],
      "--script nowhere.json can't be read: ENOENT",
    ],
    [
      'a script that is not JSON, with its line',
      () => ['--script', fileWith('script.json', '[\n  {"say": "hi"},\n  {cal: 1}\n]')],
      'script.json:3:4 is not JSON',
    ],
    [
      'a script with a word that is not JSON, with its line',
      () => ['--script', fileWith('script.json', '[\n  {"say": "bad"},\n  {"say": bad},\n  {"say": "z"}\n]')],
      'script.json:3:11 is not JSON',
    ],
    [
      'a script in YAML, with its line',
      () => ['--script', fileWith('script.json', 'say: hi')],
      'script.json:1:1 is not JSON',
    ],
    [
      'a script that ends too early, with its line',
      () => ['--script', fileWith('script.json', '[\n  {"say": "hi"},\n')],
      'script.json:3:1 is not JSON',
    ],
    [
      'a script with an invalid reply',
      () => ['--script', fileWith('script.json', '[{"say": "hi"}, {"cal": 1}]')],
      'script.json:1:17: script[1] must be an object with one of say, call, silent and fault',
    ],
    [
      'a script with an invalid call, with its line and column',
      () => [
        '--script',
        fileWith(
          'script.json',
          '[\n  {"say": "[,\\"{"},\n  {"call": [\n    {"name": "f"}, {}]},\n  1,\n\n 2]',
        ),
      ],
      'script.json:4:20: script[1].call[1].name must be a name',
    ],
    [
      'a script with a reply that is no object, with its line',
      () => ['--script', fileWith('script.json', '[\n\n  {"say": "hi"}\n  ,\n  7, 8]')],
      'script.json:5:3: script[1] must be an object, but is 7',
    ],
    [
      'a script with an invalid field, with its line',
      () => [
        '--script',
        fileWith(
          'script.json',
          '\ufeff[\n {"say": "hi", "when": {"turn": "text"}},\n {\n  "when": {\n   "includes":\n    ["a"],\n   "turn": 1},\n  "say": "a"\n }\n]',
        ),
      ],
      'script.json:7:12: script[1].when.turn must be "speech" or "text", but is 1',
    ],
    [
      'a script with an unknown field, with its line',
      () => ['--script', fileWith('script.json', '[\n {\n  "say": "hi",\n  "thenSay":\n "a"\n }\n]')],
      'script.json:5:2: script[0].thenSay is unknown',
    ],
    [
      'a script with a control character in a text, with its line',
      () => ['--script', fileWith('script.json', '[\n  {"say": "hi\tthere"}\n]')],
      'script.json:2:14 is not JSON',
    ],
    [
      'a script with a wrong value in a field that other replies have too, with its line',
      () => ['--script', fileWith('script.json', '[\n  {"say": "hi"},\n  {"say": {}}\n]')],
      'script.json:3:11: script[1].say must be a non-empty text, but is {}',
    ],
    [
      'a script that is nested too deep to find the place',
      () => ['--script', fileWith('script.json', '['.repeat(1_000_000))],
      'script.json:1:1 is not JSON',
    ],
    [
      'a script with arguments that are nested too deep to be sent',
      () => {
        const args = `${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`
        return ['--script', fileWith('script.json', `[{"call": [{"name": "f", "args": ${args}}]}]`)]
      },
      'script.json:1:1: script[0].call[0].args must be an object that JSON can carry',
    ],
    [
      'a script that is no list',
      () => ['--script', fileWith('script.json', '{}')],
      'script.json:1:1: script must be',
    ],
    [
      'a certificate that cannot be written',
      () => ['--tls', '--certificate', '/nowhere/certificate'],
      "--certificate /nowhere/certificate can't be written: ENOENT",
    ],
    ['a certificate without TLS', () => ['--certificate', 'file'], '--certificate needs --tls; see --help'],
    [
      'a number that looks like a flag',
      () => ['--seed', '-1'],
      "starting with a dash use '--seed=-XYZ'; see --help\n",
    ],
    [
      'a duration of tools that is no number',
      () => ['--tool-ms', '2s'],
      '--tool-ms takes a whole number, not "2s"',
    ],
    ['a trace that has no room', () => ['--trace', '/dev/full'], "--trace /dev/full can't be written"],
    [
      'a trace that cannot be written',
      () => ['--trace', '/nowhere/trace'],
      "--trace /nowhere/trace can't be written",
    ],
  ])('refuses %s', async (_, args, message) => {
    const { code, stdout, stderr } = await run('--port', '0', ...args())
    expect([code, stdout]).toEqual([2, ''])
    // On one line, without a stack.
    expect(stderr).toMatch(/^livegate-emulator: [^\n]+\n$/)
    expect(stderr).toContain(message)
  })

  it('says that a port is taken', async () => {
    const other = await startEmulator()
    const { port } = new URL(other.url)
    const { code, stderr } = await run('--port', port)
    await other.close()
    const problem = `port ${port} of 127.0.0.1 is in use; --port 0 picks a free one`
    expect([code, stderr]).toEqual([1, `livegate-emulator: ${problem}\n`])
  })

  it('leaves the trace of another run alone when it cannot start', async () => {
    const other = await startEmulator()
    const trace = fileWith('trace.jsonl', 'of the other\n')
    const { code } = await run('--port', new URL(other.url).port, '--trace', trace)
    await other.close()
    expect([code, readFileSync(trace, 'utf8')]).toEqual([1, 'of the other\n'])
  })

  /** Lets the SDK send a text, answer the call, and close after the reply. */
  async function converse(url: string): Promise<void> {
    const ai = new GoogleGenAI({ apiKey: 'key-that-nobody-may-see', httpOptions: { baseUrl: url } })
    let close: () => void = () => {}
    const closed = new Promise<void>((resolve) => {
      close = resolve
    })
    const session = await ai.live.connect({
      model: 'gemini-2.5-flash',
      config: { tools: [{ functionDeclarations: [{ name: 'get_weather' }] }], outputAudioTranscription: {} },
      callbacks: {
        onmessage: ({ toolCall, serverContent }) => {
          for (const { id = '', name = '' } of toolCall?.functionCalls ?? []) {
            session.sendToolResponse({ functionResponses: [{ id, name, response: { celsius: 12 } }] })
          }
          if (serverContent?.turnComplete) session.close()
        },
        onclose: () => close(),
      },
    })
    session.sendRealtimeInput({ text: 'The weather in Dublin?' })
    await closed
  }

  it('shows a line for each event, traces it, and ends with 130 on Ctrl-C', async () => {
    const trace = fileWith('trace.jsonl', '')
    const { child, seen, exited, says } = start('--port', '0', '--trace', trace)
    const url = await says('stderr', /Listening on (\S+) as gemini-2\.5, with --seed \d+; Ctrl-C ends it\.\n/)
    await converse(url)
    await says('stdout', /closed by the client/)
    child.kill('SIGINT')
    expect(await exited).toBe(130)
    const lines = seen.stdout.trimEnd().split('\n')
    expect(lines.map((line) => line.replace(/^ +\d+\.\d{3} {2}/, ''))).toEqual([
      '#1  • connected: Gemini API v1, with an API key',
      '#1  → setup models/gemini-2.5-flash',
      '#1  ← setupComplete',
      '#1  → text "The weather in Dublin?"',
      '#1  ← tool call get_weather({"city":"Dublin"})',
      '#1  → tool response get_weather: "{"celsius":12}"',
      '#1  ← says "It is twelve"',
      '#1  ← 0.80 s of audio',
      '#1  ← says " degrees in Dublin,"',
      '#1  ← 0.90 s of audio',
      '#1  ← says " with light rain."',
      '#1  ← 0.82 s of audio',
      '#1  ← generationComplete',
      '#1  ← turnComplete',
      '#1  ✕ closed by the client: 1005, a close frame without a code',
    ])
    const [head, ...entries] = readFileSync(trace, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(head).toEqual({ format: 'livegate-trace', version: 1 })
    expect(entries[0]).toMatchObject({
      session: 1,
      kind: 'connected',
      connection: { api: 'gemini', version: 'v1', constrained: false, credential: 'key' },
    })
    expect(entries[1]).toMatchObject({ session: 1, kind: 'received', message: { type: 'setup' } })
    expect(entries.at(-1)).toMatchObject({ session: 1, kind: 'close', code: 1005 })
    expect(seen.stdout + seen.stderr + readFileSync(trace, 'utf8')).not.toContain('key-that-nobody-may-see')
  })

  it('shows and traces refused connections, and counts the time from its own start', async () => {
    const trace = fileWith('trace.jsonl', '')
    const { child, seen, exited, says } = start('--port', '0', '--trace', trace)
    const url = await says('stderr', /Listening on (\S+) as/)
    const lost = new WebSocket(`${url.replace('http', 'ws')}/ws/live?key=key-that-nobody-may-see`)
    await once(lost, 'error')
    for (let connection = 1; connection <= 2; connection++) {
      const socket = await connected(url)
      socket.close()
      await says('stdout', new RegExp(`#${connection}  ✕`))
    }
    child.kill('SIGINT')
    await exited
    const lines = seen.stdout.trimEnd().split('\n')
    const entries = readFileSync(trace, 'utf8')
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line))
    const problem =
      'a Live client connects to /ws/google.ai.generativelanguage.VERSION.GenerativeService.BidiGenerateContent'
    expect(lines[0]?.slice(8)).toBe(`      ✕ refused with 404: /ws/live: ${problem}`)
    expect(entries[0]).toEqual({
      kind: 'refused',
      sinceStartMs: expect.any(Number),
      path: '/ws/live',
      status: 404,
      problem,
    })
    for (const times of [
      lines.map((line) => Number(line.slice(0, 8))),
      entries.map(({ sinceStartMs }) => sinceStartMs),
    ])
      expect([times.length, times]).toEqual([5, times.toSorted((a, b) => a - b)])
  })

  it('draws and prints a new seed in each run, unless one is given', async () => {
    const seeds: string[] = []
    for (const args of [[], [], ['--seed', '7']]) {
      const { child, exited, says } = start('--port', '0', ...args)
      seeds.push(await says('stderr', /with --seed (\d+);/))
      child.kill('SIGINT')
      await exited
    }
    expect([new Set(seeds).size, seeds[2]]).toEqual([3, '7'])
  })

  async function connected(url: string): Promise<WebSocket> {
    const socket = new WebSocket(
      `${url.replace('http', 'ws')}/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateContent`,
    )
    await once(socket, 'open')
    return socket
  }

  async function connect(url: string): Promise<void> {
    const socket = await connected(url)
    socket.on('error', () => {})
    socket.send('{"setup":{"model":"m"}}')
    await once(socket, 'close')
  }

  it.each(['--help', '--version'])('ends with 141 when the reader of %s has gone', async (flag) => {
    const { child, seen, exited } = start(flag)
    child.stdout.destroy()
    expect([await exited, seen.stderr]).toEqual([141, ''])
  })

  it('ends with 2 on wrong usage even if stderr is closed', async () => {
    const { child, exited } = start('--prot')
    child.stderr.destroy()
    expect(await exited).toBe(2)
  })

  it.each([[['--help']], [['--port', '0', '--json']]])(
    'ends with 1 when there is no room for its output: %j',
    async (args) => {
      const full = openSync('/dev/full', 'w')
      const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', full, 'pipe'] })
      closeSync(full)
      let stderr = ''
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        stderr += text
        const url = /Listening on (\S+) as/.exec(stderr)?.[1]
        if (url !== undefined && !stderr.includes('ENOSPC')) void connect(url)
      })
      const [code] = await once(child, 'close')
      const lines = stderr.split('\n').filter((line) => !line.startsWith('Listening'))
      expect([code, lines]).toEqual([1, ['livegate-emulator: ENOSPC: no space left on device, write', '']])
    },
  )

  it('ends with 141 when the reader of its output has gone', async () => {
    const { child, seen, exited, says } = start('--port', '0')
    const url = await says('stderr', /Listening on (\S+) as/)
    child.stdout.destroy()
    await connect(url)
    expect([await exited, seen.stderr.split('\n').length]).toEqual([141, 2])
  })

  it('ends with 1 when its trace can no longer be written', async () => {
    const pipe = join(folder, 'trace.pipe')
    execFileSync('mkfifo', [pipe])
    const reader = createReadStream(pipe)
    const { seen, exited, says } = start('--port', '0', '--trace', pipe)
    const url = await says('stderr', /Listening on (\S+) as/)
    const closed = once(reader, 'close')
    reader.destroy()
    await closed
    await connect(url)
    expect(await exited).toBe(1)
    expect(seen.stderr.split('\n').slice(1)).toEqual([
      `livegate-emulator: --trace ${pipe} can't be written: EPIPE`,
      '',
    ])
  })

  it('prints with --json what the trace contains, and with --tls writes the certificate that clients must trust', async () => {
    const certificate = fileWith('certificate.pem', '')
    const { child, exited, says } = start(
      '--port',
      '0',
      '--json',
      '--tls',
      '--certificate',
      certificate,
      '--profile',
      'vertex',
    )
    await says('stderr', new RegExp(`Clients must trust the certificate in ${certificate}`))
    const url = await says('stderr', /Listening on (https:\S+) as vertex/)
    const socket = new WebSocket(
      `${url.replace('https', 'wss')}/ws/google.cloud.aiplatform.v1.LlmBidiService/BidiGenerateContent`,
      { ca: readFileSync(certificate) },
    )
    await once(socket, 'open')
    socket.send('{"setup":{"model":"m"}}')
    const [, first, second] = (await says('stdout', /[\s\S]*setupComplete.*\n/))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(first).toMatchObject({
      session: 1,
      kind: 'received',
      message: { type: 'setup', setup: { model: 'm' } },
    })
    expect(second).toMatchObject({ session: 1, kind: 'sent', message: { type: 'setupComplete' } })
    child.kill('SIGTERM')
    expect(await exited).toBe(143)
  })
})
