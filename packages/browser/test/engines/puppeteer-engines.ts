import { existsSync } from 'node:fs'
import { executablePath } from '@livegate/chromium'
import { type LaunchOptions, launch } from 'puppeteer-core'
import type { Engine, EnginePage } from './engine.ts'

const firefoxPath = ['/usr/bin/firefox-esr', '/usr/bin/firefox'].find((path) => existsSync(path))

async function open(url: string, options: LaunchOptions): Promise<EnginePage> {
  const browser = await launch({ headless: true, ...options })
  const page = await browser.newPage()
  await page.goto(url)
  return {
    evaluate: (run: unknown, argument?: unknown) =>
      page.evaluate(`(${run})(${JSON.stringify(argument)})`) as Promise<never>,
    close: () => browser.close(),
  }
}

export const chromium: Engine = {
  name: 'Chromium',
  programs: [executablePath ?? 'chromium'],
  packages: ['chromium'],
  open: (url, env) =>
    open(url, {
      browser: 'chrome',
      executablePath: executablePath ?? '',
      env,
      ignoreDefaultArgs: ['--mute-audio'],
      args: ['--no-sandbox', '--use-fake-ui-for-media-stream', '--autoplay-policy=no-user-gesture-required'],
    }),
}

export const firefox: Engine = {
  name: 'Firefox',
  programs: [firefoxPath ?? 'firefox-esr'],
  packages: ['firefox-esr'],
  open: (url, env) =>
    open(url, {
      browser: 'firefox',
      executablePath: firefoxPath ?? '',
      env,
      extraPrefsFirefox: {
        // The user has allowed the microphone and sound.
        'permissions.default.microphone': 1,
        'media.autoplay.default': 0,
      },
    }),
}
