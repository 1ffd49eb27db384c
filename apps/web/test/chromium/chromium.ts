import type { Browser, Page } from 'playwright-core'
import { afterAll, onTestFinished } from 'vitest'
import type { Backend } from '../../src/server/options.ts'
import { startServer, type WebServer } from '../../src/server/start-server.ts'
import { launch } from './browser.ts'

export interface PageOptions {
  readonly backend?: Backend
  /** Default `/`. */
  readonly path?: string
  readonly width?: number
  readonly colorScheme?: 'light' | 'dark'
  /** Whether the user allows the microphone. Default `true`. */
  readonly allowed?: boolean
  /** Whether the browser logs errors of its own, such as a refused connection. Default `false`. */
  readonly complains?: boolean
  /** A WAV file that the microphone hears, once. */
  readonly heard?: string
  /** How long after a toolCall the emulator tolerates input, in milliseconds. Default {@link longGraceMs}. */
  readonly graceMs?: number
}

const browsers = new Map<string | undefined, Promise<Browser>>()

/** Opens the page as a visitor does. Errors in its console, and layout that shifts by itself, fail the test. */
export async function openPage({
  backend = { kind: 'emulator' },
  path = '/',
  width = 1280,
  colorScheme = 'light',
  allowed = true,
  complains = false,
  heard,
  graceMs = longGraceMs,
}: PageOptions = {}): Promise<{ readonly page: Page; readonly server: WebServer }> {
  const browser = browsers.get(heard) ?? launch(heard)
  browsers.set(heard, browser)
  const server = await startServer({ port: 0, backend, graceMs })
  const context = await (await browser).newContext({
    viewport: { width, height: 900 },
    colorScheme,
    permissions: allowed ? ['microphone'] : [],
  })
  const page = await context.newPage()
  const problems: string[] = []
  page.on('pageerror', ({ message }) => problems.push(message))
  page.on('console', (message) => {
    if (!complains && ['error', 'warning'].includes(message.type())) problems.push(message.text())
  })
  await page.addInitScript(watchLayout)
  onTestFinished(async () => {
    const shifts = await page.evaluate(() => (globalThis as unknown as Watched).shifts)
    await context.close()
    await server.close()
    if (problems.length + shifts.length > 0) {
      throw new Error(`in the page: ${[...problems, ...shifts].join('; ')}`)
    }
  })
  await page.goto(server.url + path)
  await page.waitForSelector('body:not([data-loading])')
  return { page, server }
}

/** On a busy machine the page may see a toolCall late, and go on sending until then. */
const longGraceMs = 800

interface Watched {
  shifts: string[]
}

interface LayoutShift extends PerformanceEntry {
  readonly value: number
  readonly hadRecentInput: boolean
  readonly sources: readonly { readonly node: Element | null }[]
}

/** Runs in the page: records layout shifts that the user did not cause. */
function watchLayout(): void {
  const watched = globalThis as unknown as Watched
  watched.shifts = []
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries() as LayoutShift[]) {
      if (hadRecentInput) continue
      const names = sources.map(({ node }) => node?.id || node?.className || node?.nodeName)
      watched.shifts.push(`layout shifted by ${value}: ${names.join(', ')}`)
    }
  }).observe({ type: 'layout-shift', buffered: true })
}

/** Closes the browsers after the tests of a file. */
export function closeBrowsers(): void {
  afterAll(async () => {
    for (const browser of browsers.values()) await (await browser).close()
  })
}
