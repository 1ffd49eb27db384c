import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, onTestFinished } from 'vitest'
import { writeWav } from '../wav.ts'
import { type BrowserOptions, launch } from './launch.ts'
import { type PageServer, startPageServer } from './page-server.ts'

/** What a browser and its page are like. */
export interface PageOptions extends BrowserOptions {
  /** Runs in the page when it is loaded. What a test evaluates later counts as a gesture of the user, and this does not. */
  readonly onLoad?: () => void
  /** Whether the user allows the page to hear it. Default `true`. */
  readonly allowed?: boolean
}

const browsers = new Map<string, Promise<Browser>>()
let server: Promise<PageServer> | undefined

/** A page with the package; what goes wrong in it unseen fails the test. */
export async function openPage({ allowed = true, onLoad, ...options }: PageOptions = {}): Promise<Page> {
  server ??= startPageServer()
  const key = JSON.stringify(options)
  const browser = browsers.get(key) ?? launch(options)
  browsers.set(key, browser)
  const context = await (await browser).newContext({ permissions: allowed ? ['microphone'] : [] })
  const page = await context.newPage()
  const errors: unknown[] = []
  page.on('pageerror', (error) => errors.push(error))
  onTestFinished(async () => {
    await context.close()
    if (errors.length > 0) throw new AggregateError(errors, 'errors in the page')
  })
  if (onLoad) await page.addInitScript(`addEventListener('load', ${onLoad})`)
  await page.goto((await server).url)
  return page
}

/** Ends the browsers of a file of tests. */
export function closeBrowsers(): void {
  afterAll(async () => {
    for (const browser of browsers.values()) await (await browser).close()
    await (await server)?.close()
  })
}

/** A WAV file for a browser to hear, until the test is over. */
export function wavFile(samples: Int16Array, rate: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'livegate-speech-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'speech.wav')
  writeWav(path, samples, rate)
  return path
}
