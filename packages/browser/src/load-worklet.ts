import { LivegateError } from '@livegate/core'
import { endWorklet } from './end-worklet.ts'
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
 * Makes a node of a processor in worklet.js, which is beside this module unless `url` says otherwise. Waits until it is known whether the
 * context runs or waits for a gesture. Listen for later crashes as soon as this resolves.
 *
 * @throws {LivegateError} `unsupported-platform`, if there are no worklets; `worklet-failed`, if the file cannot be loaded, or the
 * processor crashes meanwhile. The context is closed then.
 */
export async function loadWorklet(
  context: AudioContext,
  name: string,
  url: string | URL | undefined,
  options: AudioWorkletNodeOptions,
): Promise<AudioWorkletNode> {
  let node: AudioWorkletNode
  try {
    // Bundlers recognise this very expression, and copy the file.
    await context.audioWorklet.addModule(url ?? new URL('./worklet.js', import.meta.url))
    node = new AudioWorkletNode(context, name, options)
  } catch (cause) {
    void context.close()
    throw context.audioWorklet
      ? failure(
          'worklet-failed',
          'workletUrl',
          `the address of @livegate/browser/worklet.js, which script-src allows (it was ${url ?? 'beside the bundle'})`,
          cause,
        )
      : unsupported(cause)
  }
  await begun(node)
  return node
}

/** Firefox takes some 100 ms to start. */
function begun(node: AudioWorkletNode): Promise<void> {
  const context = node.context as AudioContext
  let timer: ReturnType<typeof setTimeout> | undefined
  return new Promise<void>((resolve, reject) => {
    // A context that takes longer to start is waiting for a gesture.
    timer = setTimeout(resolve, 1000)
    context.resume().then(resolve, resolve)
    node.onprocessorerror = () => {
      // A crashed processor does not report its end.
      void context.close()
      endWorklet(node)
      reject(workletCrashed())
    }
  }).finally(() => clearTimeout(timer))
}

/** The error for a processor that threw. One of another version does, because it knows other messages. */
export const workletCrashed = (): LivegateError =>
  new LivegateError(
    'worklet-failed',
    'workletUrl',
    'the address of @livegate/browser/worklet.js, of the same version; then open it again',
    'a crash',
  )
