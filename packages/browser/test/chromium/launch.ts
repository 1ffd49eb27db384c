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

/** What a browser is like. */
export interface BrowserOptions {
  /** A WAV file that the microphone hears, once; without one it beeps. */
  readonly speech?: string
  /** Whether a page may sound before the user has touched it. Default `true`. */
  readonly autoplay?: boolean
  /** Whether there is a microphone. Default `true`. */
  readonly microphone?: boolean
}

export function launch({ speech, autoplay = true, microphone = true }: BrowserOptions): Promise<Browser> {
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
