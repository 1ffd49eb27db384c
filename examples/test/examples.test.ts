import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const folder = fileURLToPath(new URL('..', import.meta.url))
const files = globSync('*.ts', { cwd: folder })
  .filter((file) => file !== 'vitest.config.ts')
  .sort()

interface Outcome {
  readonly code: number | null
  readonly lines: readonly string[]
  readonly stderr: string
}

/** Runs an example as a reader would, without a key. */
function run(file: string): Promise<Outcome> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, NO_COLOR: '1' }
  return new Promise((resolve) => {
    const options = { env, timeout: 60_000 }
    const child = execFile(process.execPath, [join(folder, file)], options, (_, stdout, stderr) =>
      resolve({ code: child.exitCode, lines: stdout.trim().split('\n'), stderr }),
    )
  })
}

const emulated = 'there is no GEMINI_API_KEY: this is the emulator, not Google'

/** The lines that each example prints. */
const printed: Readonly<Record<string, readonly string[]>> = {
  'adk.ts': [
    emulated,
    '"What is the weather in Dublin?"',
    '· session 1: setup-complete',
    '· session 1: gate-opened',
    '· session 1: gate-shut',
    '· session 1: tool-window-opened',
    'get_weather runs',
    '"Should I take an umbrella?"',
    '· session 1: gate-opened',
    '· session 1: call-settled',
    '· session 1: session-closed',
    'the agent is done',
  ],
  'custom-transport.ts': [
    emulated,
    '"What is the weather in Dublin?" is held',
    'get_weather runs for Dublin',
    '"Should I take an umbrella?" is held',
    'get_weather is answered',
    'the session is over: closed from here',
  ],
  'livekit.ts': [
    emulated,
    '· session 1: setup-complete',
    '· session 1: gate-opened',
    '· session 1: gate-shut',
    '· session 1: tool-window-opened',
    'get_weather runs',
    '· session 1: gate-opened',
    '· session 1: call-settled',
    'the model speaks',
    'the model speaks',
    '· session 1: session-closed',
  ],
  'raw-ws.ts': [
    emulated,
    '"What is the weather in Dublin?" is sent',
    'get_weather runs for Dublin',
    '"Should I take an umbrella?" is held',
    'get_weather is answered',
    'the model spoke for more than a second',
    'closed: 1000',
  ],
  'resumption.ts': [
    emulated,
    '"What is the weather in Dublin?" is held',
    'connection 1 is set up',
    '"And tomorrow?" is held',
    'connection 2 is set up',
    'the session is over: closed from here',
  ],
  'sdk-by-hand.ts': [
    emulated,
    '· setup-complete',
    '· gate-opened',
    '"What is the weather in Dublin?" is sent',
    '· gate-shut',
    '· tool-window-opened',
    'the model calls get_weather',
    '"Should I take an umbrella?" is held',
    '· gate-opened',
    '· call-settled',
    'answered',
    '· session-closed',
    'closed: 1005',
  ],
  'sdk-with-tools.ts': [
    emulated,
    '"What is the weather in Dublin?" is sent',
    'held for get_weather',
    'get_weather runs for Dublin',
    '"Should I take an umbrella?" is held',
    'get_weather is answered',
    '{ offered: 2, sent: 2, dropped: {}, held: 0 }',
    'closed: 1005',
  ],
}

describe('the examples', () => {
  it('all have their expected output here, and a link in the README', () => {
    expect(files).toEqual(Object.keys(printed).sort())
    const readme = readFileSync(join(folder, 'README.md'), 'utf8')
    expect(files.filter((file) => !readme.includes(`(${basename(file)})`))).toEqual([])
  })

  it.concurrent.each(files)('run to the end on the emulator: %s', { timeout: 70_000 }, async (file) => {
    expect(await run(file)).toEqual({ code: 0, lines: printed[file], stderr: '' })
  })
})
