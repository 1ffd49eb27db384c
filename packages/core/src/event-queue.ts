import { guardedListener } from './guarded-listener.ts'

/** Delivers events to all listeners in the order in which they were emitted, also those that a listener causes. */
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
  const waiting: Event[] = []
  /** Events are being delivered, or wait until an act is done. */
  let isBusy = false
  const deliver = (): void => {
    isBusy = true
    for (let event = waiting.shift(); event; event = waiting.shift()) {
      // A listener may add and remove others: one that is new hears the next event first, one that is gone hears no more.
      for (const listener of [...listeners]) if (listeners.has(listener)) listener(event)
    }
    isBusy = false
  }
  return {
    emit(event) {
      waiting.push(event)
      if (!isBusy) deliver()
    },
    listen(listener) {
      const own = guardedListener(listener)
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
