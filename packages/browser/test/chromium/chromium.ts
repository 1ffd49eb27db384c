import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, onTestFinished } from 'vitest'
import { writeWav } from '../wav.ts'
import { type BrowserOptions, launch } from './launch.ts'
import { type PageServer, startPageServer } from './page-server.ts'

/** The options of a browser and its page. */
export interface PageOptions extends BrowserOptions {
  /** Runs in the page when it has loaded. Unlike what a test evaluates later, it does not count as a gesture of the user. */
  readonly onLoad?: () => void
  /** Whether the user allows the microphone. Default `true`. */
  readonly allowed?: boolean
}

const browsers = new Map<string, Promise<Browser>>()
/** The pages that no test uses at the moment, by their options. */
const idle = new Map<string, Page[]>()
let server: Promise<PageServer> | undefined

/** Opens a page with the package. An uncaught error in it fails the test. */
export async function openPage({ allowed = true, onLoad, ...options }: PageOptions = {}): Promise<Page> {
  server ??= startPageServer()
  const { url } = await server
  const key = JSON.stringify(options)
  const browser = browsers.get(key) ?? launch(options)
  browsers.set(key, browser)
  // A new document is as good as a new page, and five times as cheap. But what runs on load stays with a page, and so may a gesture.
  const isReusable = allowed && onLoad === undefined
  const page = (isReusable && idle.get(key)?.pop()) || (await (await browser).newPage())
  await page.context().grantPermissions(allowed ? ['microphone'] : [])
  const errors: unknown[] = []
  const note = (error: unknown): void => void errors.push(error)
  page.on('pageerror', note)
  onTestFinished(async () => {
    if (isReusable) await page.goto(`${url}/blank`)
    else await page.close()
    page.off('pageerror', note)
    if (isReusable) idle.set(key, [...(idle.get(key) ?? []), page])
    if (errors.length > 0) throw new AggregateError(errors, 'errors in the page')
  })
  if (onLoad) await page.addInitScript(`addEventListener('load', ${onLoad})`)
  await page.goto(url)
  return page
}

/** Closes the browsers after the tests of a file. */
export function closeBrowsers(): void {
  afterAll(async () => {
    for (const browser of browsers.values()) await (await browser).close()
    await (await server)?.close()
  })
}

/** Writes a WAV file for a browser's microphone; it is removed after the test, or when another hook says so. */
export function wavFile(
  samples: Int16Array,
  rate: number,
  isOver: (remove: () => void) => void = onTestFinished,
): string {
  const folder = mkdtempSync(join(tmpdir(), 'livegate-speech-'))
  isOver(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'speech.wav')
  writeWav(path, samples, rate)
  return path
}
