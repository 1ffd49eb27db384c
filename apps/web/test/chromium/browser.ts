import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Where Chromium is, or `undefined`; `LIVEGATE_CHROMIUM` says it where it is anywhere else. */
export const executablePath: string | undefined = [
  process.env.LIVEGATE_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
].find((path) => path !== undefined && existsSync(path))

/** A browser whose pages may sound. Its microphone beeps, or hears a WAV file, once. */
export const launch = (heard?: string): Promise<Browser> =>
  chromium.launch({
    executablePath: executablePath ?? '',
    args: [
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--use-fake-device-for-media-stream',
      ...(heard === undefined ? [] : [`--use-file-for-fake-audio-capture=${heard}%noloop`]),
      '--autoplay-policy=no-user-gesture-required',
    ],
  })
