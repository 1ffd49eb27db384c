import { fileURLToPath } from 'node:url'
import { executablePath, needChromium, type SdkPages, sdks, startSdkPages } from '@livegate/chromium'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Page } from './clients/page.ts'
import { converse, profiles, spokenTurn, turnToSpeak } from './spoken-turn.ts'

const script = fileURLToPath(new URL('clients/page.ts', import.meta.url))

/** Chromium is slow on a busy machine. */
const limitMs = 120_000

describe("the SDK's web build in Chromium", () => {
  let pages: SdkPages | undefined

  beforeAll(async () => {
    if (executablePath !== undefined) pages = await startSdkPages(script)
  }, limitMs)

  afterAll(() => pages?.close())

  beforeEach(needChromium)

  it.concurrent.each(sdks.flatMap((sdk) => profiles.map((profile) => ({ ...sdk, profile }))))(
    '$sdk speaks, answers a call and hears the reply to its end: $profile',
    { timeout: limitMs },
    async ({ sdk, version, profile }) => {
      const vertex = profile === 'vertex'
      const page = await pages?.open(sdk)
      const errors: string[] = []
      page?.on('pageerror', ({ message }) => errors.push(message))
      const outcome = await converse({ profile }, ({ url }) =>
        page?.evaluate(([options, turn]) => (globalThis as unknown as Page).speakTurn(options, turn), [
          { vertexai: vertex, apiKey: 'test-key', httpOptions: { baseUrl: url } },
          turnToSpeak(profile),
        ] as const),
      )
      await page?.close()
      expect(errors).toEqual([])
      expect(outcome).toEqual({
        ...spokenTurn,
        // A browser's socket can't send the header that Vertex AI needs for the key: a proxy would have to add it.
        connection: vertex
          ? { api: 'vertex', version: 'v1beta1', constrained: false, credential: 'none' }
          : { api: 'gemini', version, constrained: false, credential: 'key' },
      })
    },
  )
})
