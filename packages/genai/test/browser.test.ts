import { fileURLToPath } from 'node:url'
import { executablePath, needChromium, type SdkPages, sdks, startSdkPages } from '@livegate/chromium'
import { startEmulator } from '@livegate/emulator'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Page } from './clients/page.ts'
import { until } from './spoken-call.ts'

const script = fileURLToPath(new URL('clients/page.ts', import.meta.url))

/** For a busy machine, on which Chromium is slow. */
const limitMs = 120_000

describe("the SDK's web build in Chromium", () => {
  let pages: SdkPages | undefined

  beforeAll(async () => {
    if (executablePath !== undefined) pages = await startSdkPages(script)
  }, limitMs)

  afterAll(() => pages?.close())

  beforeEach(needChromium)

  /** Sends twelve messages, every third of them large, and returns them in the order in which the page got them. */
  async function hear(
    sdk: Parameters<SdkPages['open']>[0],
    way: 'connectLive' | 'gateLive' | 'bare',
  ): Promise<number[] | undefined> {
    const emulator = await startEmulator()
    onTestFinished(() => emulator.close())
    const page = await pages?.open(sdk)
    const options = { apiKey: 'test-key', httpOptions: { baseUrl: emulator.url } }
    const hearing = page?.evaluate(([...params]) => (globalThis as unknown as Page).hear(...params), [
      options,
      way,
      numbers.length,
    ] as const)
    await until(() => emulator.sessions[0]?.log.some(({ kind }) => kind === 'sent') === true)
    const padding = 'x'.repeat(700_000)
    for (const number of numbers) {
      emulator.sessions[0]?.sendText(JSON.stringify({ number, ...(number % 3 === 0 && { padding }) }))
    }
    const heard = await hearing
    await page?.close()
    return heard
  }

  const numbers = Array.from({ length: 12 }, (_, index) => index)
  const ways = ['connectLive', 'gateLive'] as const

  it.each(sdks.flatMap(({ sdk }) => ways.map((way) => ({ sdk, way }))))(
    '$sdk gets messages in the order in which they were sent: $way',
    { timeout: limitMs },
    async ({ sdk, way }) => {
      expect(await hear(sdk, way)).toEqual(numbers)
    },
  )

  it.each(sdks)(
    '$sdk shows the key nowhere in a session or its close event',
    { timeout: limitMs },
    async ({ sdk }) => {
      const emulator = await startEmulator()
      onTestFinished(() => emulator.close())
      const page = await pages?.open(sdk)
      const options = { apiKey: 'test-key', httpOptions: { baseUrl: emulator.url } }
      const showing = page?.evaluate((given) => (globalThis as unknown as Page).shown(given), options)
      await until(() => emulator.sessions[0]?.log.some(({ kind }) => kind === 'sent') === true)
      emulator.sessions[0]?.close(1008, 'the key test-key is refused')
      const shown = await showing
      await page?.close()
      const urls = shown?.filter((text) => text.includes('?key='))
      expect(new Set(urls?.map((url) => url.replace(/.*[?]/, '')))).toEqual(new Set(['key=…']))
      expect(shown?.filter((text) => text.includes('test-key'))).toEqual([])
      expect(shown).toContain('the key … is refused')
    },
  )

  it.each(sdks)(
    '$sdk without a gate gets a small message before a large one',
    { timeout: limitMs },
    async ({ sdk }) => {
      expect((await hear(sdk, 'bare'))?.[0]).toBe(1)
    },
  )
})
