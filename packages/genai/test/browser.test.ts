import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { startEmulator } from '@livegate/emulator'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Page } from './clients/page.ts'
import { until } from './spoken-call.ts'

/** Where one is, or where packages put it. */
const chromiums = [process.env.LIVEGATE_CHROMIUM, '/usr/bin/chromium', '/usr/bin/google-chrome']
const executablePath = chromiums.find((path) => path !== undefined && existsSync(path))

const sdks = [
  { sdk: '3.x', module: '@google/genai' },
  { sdk: '2.x', module: '@google/genai-2' },
]

/** The page's code with a version of the SDK, as a bundler makes it for browsers. */
async function bundle(module: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('clients/page.ts', import.meta.url))],
    alias: { '@google/genai': module },
    bundle: true,
    format: 'esm',
    platform: 'browser',
    write: false,
  })
  return outputFiles[0]?.text ?? ''
}

/** Chromium, and a server with a page for each version of the SDK, `/3.x` and so on. */
async function startBrowser(executablePath: string) {
  const scripts = new Map<string, string>()
  for (const { sdk, module } of sdks) scripts.set(`/${sdk}.js`, await bundle(module))
  const server = createServer(({ url = '' }, response) => {
    const script = scripts.get(url)
    response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript')
    response.end(script ?? `<!doctype html><script type="module" src="${url}.js"></script>`)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const browser = await chromium.launch({ executablePath })
  return {
    open: async (path: string) => {
      const page = await browser.newPage()
      await page.goto(`http://127.0.0.1:${port}/${path}`)
      return page
    },
    close: async () => {
      await browser.close()
      server.close()
    },
  }
}

/** Chromium takes its time on a machine that is busy. */
const limitMs = 120_000

describe("the SDK's web build in Chromium", () => {
  let browser: Awaited<ReturnType<typeof startBrowser>> | undefined

  beforeAll(async () => {
    if (executablePath !== undefined) browser = await startBrowser(executablePath)
  }, limitMs)

  afterAll(() => browser?.close())

  beforeEach((context) => {
    if (browser !== undefined) return
    const advice = 'this needs Chromium: apt-get install chromium, or LIVEGATE_CHROMIUM=its path'
    if (process.env.CI) throw new Error(advice)
    context.skip(advice)
  })

  /** Twelve messages, every third of them large, as a page hears them. */
  async function hear(sdk: string, way: 'connectLive' | 'gateLive' | 'bare'): Promise<number[] | undefined> {
    const emulator = await startEmulator()
    onTestFinished(() => emulator.close())
    const page = await browser?.open(sdk)
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
    '$sdk hears messages in the order in which they were sent: $way',
    { timeout: limitMs },
    async ({ sdk, way }) => {
      expect(await hear(sdk, way)).toEqual(numbers)
    },
  )

  it.each(sdks)('$sdk alone hears what is read first', { timeout: limitMs }, async ({ sdk }) => {
    expect((await hear(sdk, 'bare'))?.[0]).toBe(1)
  })
})
