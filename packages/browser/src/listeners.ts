/** A set of listeners for one kind of event. */
export interface Listeners<Payload extends readonly unknown[]> {
  /** Calls the listener with each event, until the returned function is called. */
  add(listener: (...payload: Payload) => void): () => void
  /** Calls all listeners. What one throws goes to `reportError`, and stops no other. One added meanwhile is first called the next time. */
  emit(...payload: Payload): void
}

export function newListeners<Payload extends readonly unknown[]>(): Listeners<Payload> {
  const all = new Set<(...payload: Payload) => void>()
  return {
    add(listener) {
      const own = (...payload: Payload): void => listener(...payload)
      all.add(own)
      return () => void all.delete(own)
    },
    emit(...payload) {
      for (const listener of [...all]) {
        try {
          if (all.has(listener)) listener(...payload)
        } catch (error) {
          reportError(error)
        }
      }
    },
  }
}
