import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, onTestFinished, type TestContext } from 'vitest'
import { type PageServer, startPageServer } from './page-server.ts'

/** Where Chromium is, or `undefined`; `LIVEGATE_CHROMIUM` says it where it is anywhere else. */
const executablePath = [
  process.env.LIVEGATE_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path))

/** Skips a test where there is no Chromium; in CI it fails. */
export function needChromium(context: TestContext): void {
  if (executablePath !== undefined) return
  const advice =
    'tried in Chromium: install it, as with apt-get install chromium, or say where it is in LIVEGATE_CHROMIUM'
  if (process.env.CI) throw new Error(advice)
  context.skip(advice)
}

/** What a browser and its page are like. */
export interface PageOptions {
  /** A WAV file that the microphone hears, once; without one it beeps. */
  readonly speech?: string
  /** Whether a page may sound before the user has touched it. Default `true`. */
  readonly autoplay?: boolean
  /** Whether there is a microphone. Default `true`. */
  readonly microphone?: boolean
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

function launch({ speech, autoplay = true, microphone = true }: PageOptions): Promise<Browser> {
  return chromium.launch({
    executablePath: executablePath ?? '',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ...(microphone ? ['--use-fake-device-for-media-stream'] : []),
      ...(speech ? [`--use-file-for-fake-audio-capture=${speech}%noloop`] : []),
      `--autoplay-policy=${autoplay ? 'no-user-gesture-required' : 'document-user-activation-required'}`,
    ],
  })
}

/** Ends the browsers of a file of tests. */
export function closeBrowsers(): void {
  afterAll(async () => {
    for (const browser of browsers.values()) await (await browser).close()
    await (await server)?.close()
  })
}
