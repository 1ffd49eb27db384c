import { launchChromium } from '@livegate/chromium'
import type { Browser } from 'playwright-core'

/** Launches a browser whose pages may play sound. Its microphone beeps, or plays a WAV file once. */
export const launch = (heard?: string): Promise<Browser> =>
  launchChromium([
    '--use-fake-device-for-media-stream',
    ...(heard === undefined ? [] : [`--use-file-for-fake-audio-capture=${heard}%noloop`]),
    '--autoplay-policy=no-user-gesture-required',
  ])
