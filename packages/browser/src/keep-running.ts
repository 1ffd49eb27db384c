/** The gestures of a user that let a page begin to sound. */
const gestures = ['pointerup', 'keydown', 'touchend']

/** How long a platform may take to begin, in milliseconds: one that waits for a gesture does not. */
const beginningMs = 1000

/** Waits until a context runs, or waits for a gesture: what is told before would be neither. Firefox takes some 100 ms to begin. */
export async function begun(context: AudioContext): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const waiting = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, beginningMs)
  })
  await Promise.race([context.resume().catch(() => {}), waiting])
  clearTimeout(timer)
}

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
