import { launchChromium } from '@livegate/chromium'
import type { Browser } from 'playwright-core'

/** The options of a browser. */
export interface BrowserOptions {
  /** A WAV file that the microphone hears, once; without one it beeps. */
  readonly speech?: string
  /** Whether the microphone hears the file again and again. Default `false`. */
  readonly repeats?: boolean
  /** Whether a page may play sound before a gesture. Default `true`. */
  readonly autoplay?: boolean
  /** Whether there is a microphone. Default `true`. */
  readonly microphone?: boolean
}

export function launch({
  speech,
  repeats = false,
  autoplay = true,
  microphone = true,
}: BrowserOptions): Promise<Browser> {
  return launchChromium([
    ...(microphone ? ['--use-fake-device-for-media-stream'] : []),
    ...(speech ? [`--use-file-for-fake-audio-capture=${speech}${repeats ? '' : '%noloop'}`] : []),
    `--autoplay-policy=${autoplay ? 'no-user-gesture-required' : 'document-user-activation-required'}`,
  ])
}
