import type { LiveSessionEvent } from './live-session-event.ts'

/** Listeners never cause more events than that, unless they cause them without end. */
const mostEvents = 100_000

/** Delivers events to all listeners in the order in which they were emitted, also those that a listener causes. */
export interface EventQueue {
  emit(event: LiveSessionEvent): void
  /**
   * Calls the listener with every event, until the returned function is called. What it throws or rejects with stops nothing (G3), and is
   * emitted as `listener-failed`.
   */
  listen(listener: (event: LiveSessionEvent) => void): () => void
  /**
   * Runs `act`, and delivers the events it emits only when it is done, so that no listener acts on a change that is half made. One
   * inside another is a part of it.
   */
  atomically<Result>(act: () => Result): Result
}

export function newEventQueue(): EventQueue {
  const listeners = new Set<(event: LiveSessionEvent) => void>()
  const waiting: LiveSessionEvent[] = []
  /** Events are being delivered, or wait until an act is done. */
  let isBusy = false
  const tell = (event: LiveSessionEvent): void => {
    // A listener may add and remove others: one that is new hears the next event first, one that is gone hears no more.
    for (const listener of [...listeners]) if (listeners.has(listener)) listener(event)
  }
  const deliver = (): void => {
    isBusy = true
    let left = waiting.length + mostEvents
    // Also over those that come meanwhile.
    for (const event of waiting) {
      tell(event)
      if (left--) continue
      // Else the process would hang.
      tell({ type: 'listener-failed', error: new RangeError('listeners cause events without end') })
      break
    }
    waiting.length = 0
    isBusy = false
  }
  const emit = (event: LiveSessionEvent): void => {
    waiting.push(event)
    if (!isBusy) deliver()
  }
  return {
    emit,
    listen(listener) {
      // In an async function a throw becomes a rejection.
      const own = (event: LiveSessionEvent): void =>
        void (async () => listener(event))().catch((error: unknown) => {
          // Not for this event itself: a listener that always fails would be called for ever.
          if (event.type !== 'listener-failed') emit({ type: 'listener-failed', error })
        })
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    atomically(act) {
      if (isBusy) return act()
      isBusy = true
      try {
        return act()
      } finally {
        deliver()
      }
    },
  }
}
