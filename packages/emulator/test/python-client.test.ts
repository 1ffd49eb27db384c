import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { converse, profiles, spokenTurn, turnToSpeak } from './spoken-turn.ts'

const run = promisify(execFile)
const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url))

/** The interpreters that may have the SDK. The second is where `.ci/run` installs it. */
const pythons = [process.env.LIVEGATE_PYTHON, pathOf('../../../.python/bin/python'), 'python3']

/** Finds an interpreter that has the SDK. */
async function findPython(): Promise<string | undefined> {
  for (const python of pythons) {
    if (!python) continue
    try {
      await run(python, ['-c', 'import google.genai'])
      return python
    } catch {
      // This one has no SDK.
    }
  }
  return undefined
}

/** Python needs up to ten seconds to import the SDK. */
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

  it.concurrent.each(profiles)(
    'speaks, answers a call and hears the reply to its end: %s',
    { timeout: limitMs },
    async (profile) => {
      const python = (await found) ?? ''
      const api = profile === 'vertex' ? 'vertex' : 'gemini'
      const folder = mkdtempSync(join(tmpdir(), 'livegate-'))
      try {
        const trusted = join(folder, 'certificate.pem')
        const outcome = await converse({ profile, tls: true }, async ({ url, certificate = '' }) => {
          writeFileSync(trusted, certificate)
          const running = run(python, [pathOf('clients/spoken_turn.py'), url, trusted, api], {
            timeout: limitMs,
          })
          running.child.stdin?.end(JSON.stringify(turnToSpeak(profile)))
          return JSON.parse((await running).stdout)
        })
        expect(outcome).toEqual({
          ...spokenTurn,
          connection: {
            api,
            // The version changes with the SDK.
            version: expect.stringMatching(/^v1/),
            constrained: false,
            credential: api === 'vertex' ? 'bearer' : 'key',
          },
        })
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )
})
