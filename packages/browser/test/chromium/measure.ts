// A minute of speech as it is spoken, from the browser's device to the server, compared with the file. A browser that has to share its
// machine loses some of what its device says, so this is measured and asserted nowhere: `pnpm --filter @livegate/browser bench`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@livegate/emulator'
import { Resampler } from '../../src/worklet/resampler.ts'
import { align } from '../alignment.ts'
import { longSpeech } from '../speech.ts'
import { writeWav } from '../wav.ts'
import { launch } from './launch.ts'
import { startPageServer } from './page-server.ts'
import { refuseOtherRates } from './steered-devices.ts'

const seconds = 60
const speech = longSpeech(seconds + 2)
const floats = (samples: Int16Array): Float32Array => Float32Array.from(samples, (sample) => sample / 32_768)
const folder = mkdtempSync(join(tmpdir(), 'livegate-measure-'))
const path = join(folder, 'speech.wav')
writeWav(path, speech, 48_000)
const said = new Resampler(48_000, 16_000).process(floats(speech))
const emulator = await startEmulator({ script: [{ silent: true }] })
const server = await startPageServer()

for (const [which, refuses] of [
  ['the platform resamples', false],
  ['the worklet resamples', true],
] as const) {
  const browser = await launch({ speech: path })
  const page = await (await browser.newContext({ permissions: ['microphone'] })).newPage()
  await page.goto(server.url)
  if (refuses) await page.evaluate(refuseOtherRates)
  await page.evaluate(
    async ([url, length]) => {
      const session = await livegate.connectLive({
        url,
        model: 'gemini-2.5-flash',
        accessToken: 'auth_tokens/of-a-measurement',
      })
      const microphone = await livegate.openMicrophone({
        echoCancellation: false,
        noiseSuppression: false,
        autoGainControl: false,
      })
      livegate.connectVoice({ session, microphone, speaker: await livegate.openSpeaker() })
      await new Promise<void>((resolve) => {
        let samples = 0
        microphone.onFrame((frame) => {
          samples += frame.length
          if (samples >= length) resolve()
        })
      })
      session.close()
    },
    [emulator.url, (seconds + 0.5) * 16_000] as const,
  )
  await browser.close()
  const heard = floats(emulator.sessions.at(-1)?.receivedAudio() ?? new Int16Array())
  const { windows, spreadMs, leastCorrelation } = align(said, heard, 16_000)
  const jumps = windows.filter((window, index) => index > 0 && window.lag !== windows[index - 1]?.lag).length
  process.stdout.write(
    `${which}: ${windows.length} quarters of a second lie within ${spreadMs.toFixed(2)} ms of each other; ${jumps} jumps; correlation ${leastCorrelation.toFixed(4)} at least\n`,
  )
}

await server.close()
await emulator.close()
rmSync(folder, { recursive: true })
