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
