import { failure } from './failure.ts'

/** Where the file of the worklets is found, unless the caller says otherwise: beside this one, as bundlers understand. */
const ownUrl = (): URL => new URL('./worklet.js', import.meta.url)

/**
 * A node of one of the processors in worklet.js.
 *
 * @throws {LivegateError} `unsupported-platform`, where there are no worklets; `worklet-failed`, when the file cannot be loaded.
 */
export async function loadWorklet(
  context: BaseAudioContext,
  name: string,
  url: string | URL = ownUrl(),
  options: AudioWorkletNodeOptions,
): Promise<AudioWorkletNode> {
  try {
    await context.audioWorklet.addModule(url)
    return new AudioWorkletNode(context, name, options)
  } catch (cause) {
    throw context.audioWorklet
      ? failure(
          'worklet-failed',
          'workletUrl',
          `the address of @livegate/browser/worklet.js, which script-src allows (it was ${url})`,
          cause,
        )
      : failure('unsupported-platform', 'page', 'served over HTTPS, to a browser with AudioWorklet', cause)
  }
}
