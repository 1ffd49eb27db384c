import { LivegateError } from '@livegate/core'
import { failure } from './failure.ts'

const unsupported = (cause: unknown): LivegateError =>
  failure('unsupported-platform', 'page', 'served over HTTPS, to a browser with AudioWorklet', cause)

/**
 * Opens a context, at the device's rate if no other is wanted.
 *
 * @throws {LivegateError} `unsupported-platform`, if the browser opens none, or no more.
 */
export function openContext(sampleRate: number | undefined): AudioContext {
  try {
    return new AudioContext({ sampleRate } as AudioContextOptions)
  } catch (cause) {
    throw unsupported(cause)
  }
}

/**
 * Makes a node of a processor in worklet.js, which is beside this module unless `url` says otherwise.
 *
 * @throws {LivegateError} `unsupported-platform`, if there are no worklets; `worklet-failed`, if the file cannot be loaded.
 */
export async function loadWorklet(
  context: BaseAudioContext,
  name: string,
  url: string | URL | undefined,
  options: AudioWorkletNodeOptions,
): Promise<AudioWorkletNode> {
  try {
    // Bundlers recognise this very expression, and copy the file.
    await context.audioWorklet.addModule(url ?? new URL('./worklet.js', import.meta.url))
    return new AudioWorkletNode(context, name, options)
  } catch (cause) {
    throw context.audioWorklet
      ? failure(
          'worklet-failed',
          'workletUrl',
          `the address of @livegate/browser/worklet.js, which script-src allows (it was ${url ?? 'beside the bundle'})`,
          cause,
        )
      : unsupported(cause)
  }
}

/** The error for a processor that threw. One of another version does, because it knows other messages. */
export const workletCrashed = (): LivegateError =>
  new LivegateError(
    'worklet-failed',
    'workletUrl',
    'the address of @livegate/browser/worklet.js, of the same version; then open it again',
    'a crash',
  )
