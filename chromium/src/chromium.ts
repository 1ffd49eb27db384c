import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import type { TestContext } from 'vitest'

/** The path of Chromium, or `undefined` if there is none. `LIVEGATE_CHROMIUM` names one in another place. */
export const executablePath: string | undefined = [
  process.env.LIVEGATE_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path))

/** Skips a test if there is no Chromium; under CI the test fails. */
export function needChromium(context: TestContext): void {
  if (executablePath !== undefined) return
  const advice =
    'this test needs Chromium: install it, for example with apt-get install chromium, or set LIVEGATE_CHROMIUM to its path'
  if (process.env.CI) throw new Error(advice)
  context.skip(advice)
}

export function launchChromium(args: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: executablePath ?? '', args: [...args] })
}
