/** The gestures of a user that let a page begin to sound. */
const gestures = ['pointerup', 'keydown', 'touchend']

/**
 * Starts a context again whenever the platform lets it: at a gesture, where it waits for one, and when the page is seen again after the
 * platform has interrupted it.
 *
 * @param onChange is told of each change of the context's state, and when the page is seen again.
 * @returns ends it.
 */
export function keepRunning(context: AudioContext, onChange: (isSeenAgain: boolean) => void): () => void {
  const listening = new AbortController()
  const { signal } = listening
  const resume = (): void => {
    if (context.state !== 'running') context.resume().catch(() => {})
  }
  for (const gesture of gestures) addEventListener(gesture, resume, { capture: true, signal })
  document.addEventListener(
    'visibilitychange',
    () => {
      if (document.hidden) return
      resume()
      onChange(true)
    },
    { signal },
  )
  context.addEventListener('statechange', () => onChange(false), { signal })
  resume()
  return () => listening.abort()
}
