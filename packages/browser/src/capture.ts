import { LivegateError, type LivegateErrorCode } from '@livegate/core'
import { mustBe } from '@livegate/core/session'
import { endWorklet } from './end-worklet.ts'
import { failure } from './failure.ts'
import { loadWorklet, openContext } from './load-worklet.ts'
import { type MicrophoneProcessorOptions, microphoneProcessor, microphoneRate } from './worklet-messages.ts'

/** The code and the advice for each error of `getUserMedia`, by its name (W3C Media Capture and Streams, 10.2). */
const refusals: Readonly<Record<string, readonly [LivegateErrorCode, string]>> = {
  NotAllowedError: [
    'microphone-denied',
    'allowed: have the user allow it in the site settings, then open it again',
  ],
  NotFoundError: ['microphone-missing', 'connected: have the user plug one in, then open it again'],
  OverconstrainedError: ['microphone-missing', 'connected: leave deviceId out to take another'],
  NotReadableError: ['microphone-busy', 'free: have the user close what uses it, then open it again'],
  AbortError: ['microphone-busy', 'free: have the user close what uses it, then open it again'],
}

/** Asks the browser for a microphone. */
async function getMicrophone(audio: MediaTrackConstraints): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia({ audio })
  } catch (cause) {
    const [code, expected] = refusals[(cause as Error).name] ?? [
      'unsupported-platform',
      'there: serve the page over HTTPS or from localhost',
    ]
    throw failure(code, 'microphone', expected, cause)
  }
}

export const microphoneLost = (): LivegateError =>
  new LivegateError('microphone-lost', 'microphone', 'plugged in again, or another one', 'ended')

/** A device that is being captured. */
export interface Capture {
  readonly track: MediaStreamTrack
  readonly context: AudioContext
  readonly source: MediaStreamAudioSourceNode
  readonly node: AudioWorkletNode
}

/**
 * Opens a microphone, and captures it in frames. The platform resamples if it names the device's rate and can, as Chromium and Safari do;
 * otherwise the worklet does. Firefox names no rate, and refuses a context of another rate (its bug 1674892) or, in 153,
 * shifts the resampled sound by up to 50 ms (see test/engines/measure.ts).
 *
 * @throws {LivegateError} `microphone-denied`, `microphone-missing`, `microphone-busy`, `microphone-lost`, `unsupported-platform` or
 * `worklet-failed`; the device is released then.
 */
export async function openCapture(
  constraints: MediaTrackConstraints,
  frameMs: number,
  workletUrl: string | URL | undefined,
): Promise<Capture> {
  const stream = await getMicrophone(constraints)
  const [track] = stream.getAudioTracks() as [MediaStreamTrack]
  let node: AudioWorkletNode | undefined
  try {
    let context: AudioContext | undefined
    let source: MediaStreamAudioSourceNode | undefined
    const { sampleRate: deviceRate } = track.getSettings()
    for (const sampleRate of [deviceRate && microphoneRate, deviceRate, undefined]) {
      try {
        context = openContext(sampleRate)
        source = context.createMediaStreamSource(stream)
        break
      } catch {
        void context?.close()
        context = undefined
      }
    }
    mustBe(context && source, 'microphone', 'at a rate the browser can hear', '', 'unsupported-platform')
    node = await loadWorklet(context, microphoneProcessor, workletUrl, {
      processorOptions: { frameMs } satisfies MicrophoneProcessorOptions,
    })
    // The track may have ended before anyone listened for that.
    if (track.readyState === 'ended') throw microphoneLost()
    // The node's output is silent, but some platforms render only what leads to the destination.
    source.connect(node).connect(context.destination)
    return { track, context, source, node }
  } catch (error) {
    track.stop()
    if (node) endWorklet(node)
    throw error
  }
}
