import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import type { TestContext } from 'vitest'

/** Where Chromium is, or `undefined`; `LIVEGATE_CHROMIUM` says it where it is anywhere else. */
export const executablePath: string | undefined = [
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

export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath ?? '', args: [...args] })
}
