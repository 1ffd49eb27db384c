import { LivegateError } from '@livegate/core'
import { failure } from './failure.ts'

/**
 * A node of one of the processors in worklet.js, which is beside this module unless the caller says otherwise.
 *
 * @throws {LivegateError} `unsupported-platform`, where there are no worklets; `worklet-failed`, when the file cannot be loaded.
 */
export async function loadWorklet(
  context: BaseAudioContext,
  name: string,
  url: string | URL | undefined,
  options: AudioWorkletNodeOptions,
): Promise<AudioWorkletNode> {
  try {
    // Bundlers know a file that they have to take along by this expression, as it stands.
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
      : failure('unsupported-platform', 'page', 'served over HTTPS, to a browser with AudioWorklet', cause)
  }
}

/** What to do about a processor that threw: another version's knows other messages. */
export const workletCrashed = (): LivegateError =>
  new LivegateError(
    'worklet-failed',
    'workletUrl',
    'the address of @livegate/browser/worklet.js, of the same version; then open it again',
    'a crash',
  )
