// Compares a minute of speech, from the microphone of a sound card to the server, with the file. On a busy machine a browser may lose some
// of its device's sound, so no test asserts this. It runs by
// `pnpm --filter @livegate/browser bench`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmulator } from '@livegate/emulator'
import { Resampler } from '../../src/worklet/resampler.ts'
import { align } from '../alignment.ts'
import { startPageServer } from '../chromium/page-server.ts'
import { refuseOtherRates } from '../chromium/steered-devices.ts'
import { longSpeech } from '../speech.ts'
import { writeWav } from '../wav.ts'
import type { Engine } from './engine.ts'
import { engines, missingPackages } from './engines.ts'
import { startSoundCard } from './sound-card.ts'

const seconds = 60
const speech = longSpeech(seconds)
const floats = (samples: Int16Array): Float32Array => Float32Array.from(samples, (sample) => sample / 32_768)
const said = new Resampler(48_000, 16_000).process(floats(speech))
const folder = mkdtempSync(join(tmpdir(), 'livegate-measure-'))
const path = join(folder, 'speech.wav')
writeWav(path, speech, 48_000)

/** Returns what the server hears of the minute. */
async function hear(engine: Engine, refuses: boolean): Promise<Int16Array> {
  const emulator = await startEmulator({ script: [{ silent: true }] })
  const server = await startPageServer()
  const card = await startSoundCard()
  const page = await engine.open(server.url, card.environment)
  if (refuses) await page.evaluate(refuseOtherRates)
  await page.evaluate(async (url) => {
    const session = await livegate.connectLive({
      url,
      model: 'gemini-2.5-flash',
      accessToken: 'auth_tokens/none',
    })
    const microphone = await livegate.openMicrophone({
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
    })
    livegate.connectVoice({ session, microphone, speaker: await livegate.openSpeaker() })
  }, emulator.url)
  await card.say(path)
  const heard = emulator.sessions[0]?.receivedAudio() ?? new Int16Array()
  await page.close()
  await card.close()
  await server.close()
  await emulator.close()
  return heard
}

for (const engine of engines) {
  const missing = missingPackages(engine)
  if (missing.length > 0) {
    process.stdout.write(`${engine.name}: left out; apt-get install ${missing.join(' ')}\n`)
    continue
  }
  for (const [which, refuses] of [
    ['as it is', false],
    ['resampled by the worklet', true],
  ] as const) {
    const { windows, spreadMs, leastCorrelation } = align(said, floats(await hear(engine, refuses)), 16_000)
    const jumps = windows.filter(
      (window, index) => index > 0 && window.lag !== windows[index - 1]?.lag,
    ).length
    process.stdout.write(
      `${engine.name}, ${which}: ${windows.length} quarters of a second lie within ${spreadMs.toFixed(2)} ms of each other; ${jumps} jumps; correlation ${leastCorrelation.toFixed(4)} at least\n`,
    )
  }
}
rmSync(folder, { recursive: true })
