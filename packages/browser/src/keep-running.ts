import { endWorklet } from './end-worklet.ts'
import { workletCrashed } from './load-worklet.ts'

/**
 * Waits until it is known whether a node's context runs or waits for a gesture. Firefox takes some 100 ms to start. Call it as soon as the
 * node is made, and listen for its later crashes as soon as this resolves.
 *
 * @throws {LivegateError} `worklet-failed`, if the processor crashes meanwhile; the context is closed then.
 */
export function begun(node: AudioWorkletNode): Promise<void> {
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

/**
 * Resumes a context whenever the platform may allow it: at a gesture, and when the page is visible again.
 *
 * @param onChange called when the context's state changes, and with `true` when the page is visible again.
 * @returns a function that stops doing so.
 */
export function keepRunning(context: AudioContext, onChange: (isVisibleAgain: boolean) => void): () => void {
  const listening = new AbortController()
  const options = { capture: true, signal: listening.signal }
  const resume = (): void => {
    context.resume().catch(() => {})
  }
  for (const gesture of ['pointerup', 'keydown', 'touchend']) addEventListener(gesture, resume, options)
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.hidden) return
      resume()
      onChange(true)
    },
    options,
  )
  context.addEventListener('statechange', () => onChange(false), options)
  resume()
  return () => listening.abort()
}
