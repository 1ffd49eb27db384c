import { guardedListener } from './guarded-listener.ts'

/** Delivers events to listeners in order; an event that a listener causes comes before those that still wait. */
export interface EventQueue<Event> {
  emit(event: Event): void
  /** Calls the listener with every event, until the returned function is called. What it throws or rejects with is printed (G3). */
  listen(listener: (event: Event) => void): () => void
  /**
   * Runs `act`, and delivers the events it emits only when it is done, so that no listener acts on a change that is half made. One
   * inside another is a part of it.
   */
  atomically<Result>(act: () => Result): Result
}

export function newEventQueue<Event>(): EventQueue<Event> {
  const listeners = new Set<(event: Event) => void>()
  let waiting: Event[] | undefined
  const emit = (event: Event): void => {
    if (waiting) waiting.push(event)
    else {
      // A listener may add and remove others: one that is new hears the next event first, one that is gone hears no more.
      for (const listener of [...listeners]) if (listeners.has(listener)) listener(event)
    }
  }
  return {
    emit,
    listen(listener) {
      const own = guardedListener(listener)
      listeners.add(own)
      return () => void listeners.delete(own)
    },
    atomically(act) {
      if (waiting) return act()
      const events: Event[] = []
      waiting = events
      try {
        return act()
      } finally {
        waiting = undefined
        events.forEach(emit)
      }
    },
  }
}
