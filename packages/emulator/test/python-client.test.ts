import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { startEmulator } from '../src/index.ts'

const run = promisify(execFile)
const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** Where `.ci/run` installs the SDK; or a Python that has it. */
const pythons = [process.env.LIVEGATE_PYTHON, pathOf('../../../.python/bin/python'), 'python3']

/** A Python that has the SDK. */
async function findPython(): Promise<string | undefined> {
  for (const python of pythons) {
    if (!python) continue
    try {
      await run(python, ['-c', 'import google.genai'])
      return python
    } catch {
      // Not this one.
    }
  }
  return undefined
}

/** Python imports the SDK in a second or ten. */
const limitMs = 120_000

describe('the SDK for Python, over TLS', () => {
  const found = findPython()

  beforeEach(async (context) => {
    if (await found) return
    const advice =
      'this needs a Python with google-genai: pip install google-genai, and LIVEGATE_PYTHON=its path'
    if (process.env.CI) throw new Error(advice)
    context.skip(advice)
  }, limitMs)

  it('speaks, answers a call and hears the reply to its end', { timeout: limitMs }, async () => {
    const python = (await found) ?? ''
    const emulator = await startEmulator({ tls: true })
    const folder = mkdtempSync(join(tmpdir(), 'livegate-'))
    try {
      const certificate = join(folder, 'certificate.pem')
      writeFileSync(certificate, emulator.certificate ?? '')
      const speech = pathOf('fixtures/two-sentences.wav')
      const args = [pathOf('clients/spoken_turn.py'), emulator.url, certificate, speech]
      const { stdout } = await run(python, args, { timeout: limitMs })
      expect(JSON.parse(stdout)).toEqual({
        calls: ['get_weather'],
        transcript: 'It is twelve degrees in Dublin, with light rain.',
        audio_bytes: expect.any(Number),
        complete: true,
      })
      const [session] = emulator.sessions
      expect(session?.receivedAudio()).toHaveLength(28_800)
      expect(session?.turns).toHaveLength(1)
      expect(session?.toolResponses).toMatchObject([{ name: 'get_weather', idWas: 'pending' }])
      expect(session?.inputsDuringWindow).toMatchObject({ violations: 0 })
      expect(session?.connection).toMatchObject({ api: 'gemini', credential: 'key' })
    } finally {
      rmSync(folder, { recursive: true })
      await emulator.close()
    }
  })
})
