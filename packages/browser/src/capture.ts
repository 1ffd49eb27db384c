import { LivegateError, type LivegateErrorCode } from '@livegate/core'
import { failure } from './failure.ts'
import { begun } from './keep-running.ts'
import { loadWorklet } from './load-worklet.ts'
import { type MicrophoneProcessorOptions, microphoneProcessor } from './worklet-messages.ts'

/** What is behind an error of `getUserMedia`, by its name, and what to do about it (W3C Media Capture and Streams, 10.2). */
const refusals: Readonly<Record<string, readonly [LivegateErrorCode, string]>> = {
  NotAllowedError: [
    'microphone-denied',
    'allowed: have the user allow it in the settings of the site, then open it again',
  ],
  NotFoundError: ['microphone-missing', 'connected: have the user plug one in, then open it again'],
  OverconstrainedError: ['microphone-missing', 'connected: leave deviceId out to take another'],
  NotReadableError: ['microphone-busy', 'free: have the user close what else uses it, then open it again'],
  AbortError: ['microphone-busy', 'free: have the user close what else uses it, then open it again'],
}

/**
 * @throws {LivegateError} `microphone-denied`, `microphone-missing`, `microphone-busy` or `unsupported-platform`, at once.
 */
export async function getMicrophone(audio: MediaTrackConstraints): Promise<MediaStream> {
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

/** A device that is heard. */
export interface Capture {
  readonly track: MediaStreamTrack
  readonly context: AudioContext
  readonly source: MediaStreamAudioSourceNode
  readonly node: AudioWorkletNode
}

/**
 * Hears a stream, in frames at a rate. The platform resamples where it tells the device's rate and can, as Chromium and Safari do, else the
 * worklet: Firefox tells none, and refuses a context of another rate (its bug 1674892) or, in 153, shifts what it resamples so by up to
 * 50 ms (see test/engines/measure.ts).
 */
export async function captureFrom(
  stream: MediaStream,
  processorOptions: MicrophoneProcessorOptions,
  workletUrl: string | URL | undefined,
): Promise<Capture> {
  const [track] = stream.getAudioTracks() as [MediaStreamTrack]
  let context: AudioContext | undefined
  try {
    let source: MediaStreamAudioSourceNode | undefined
    const { sampleRate: own } = track.getSettings()
    for (const sampleRate of [own === undefined ? own : processorOptions.rate, own, undefined]) {
      context = new AudioContext(sampleRate ? { sampleRate } : {})
      source = sourceIn(context, stream)
      if (source) break
      void context.close()
      context = undefined
    }
    if (!context || !source) {
      throw new LivegateError('unsupported-platform', 'microphone', 'at a rate that the browser can hear', '')
    }
    const node = await loadWorklet(context, microphoneProcessor, workletUrl, { processorOptions })
    await begun(context)
    // Its end has been told before anyone listened.
    if (track.readyState === 'ended') throw microphoneLost()
    // Silence; but what leads nowhere is not rendered everywhere.
    source.connect(node).connect(context.destination)
    return { track, context, source, node }
  } catch (error) {
    track.stop()
    void context?.close()
    throw error
  }
}

function sourceIn(context: AudioContext, stream: MediaStream): MediaStreamAudioSourceNode | undefined {
  try {
    return context.createMediaStreamSource(stream)
  } catch {
    return undefined
  }
}
