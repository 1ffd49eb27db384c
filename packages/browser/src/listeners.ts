/** A set of listeners for one kind of event. */
export interface Listeners<Fact extends readonly unknown[]> {
  /** Calls the listener with each event, until the returned function is called. */
  add(listener: (...fact: Fact) => void): () => void
  /** Calls all listeners. What one throws goes to `reportError`, and stops no other. One added meanwhile is first called the next time. */
  tell(...fact: Fact): void
}

export function newListeners<Fact extends readonly unknown[]>(): Listeners<Fact> {
  const all = new Set<(...fact: Fact) => void>()
  return {
    add(listener) {
      const own = (...fact: Fact): void => listener(...fact)
      all.add(own)
      return () => void all.delete(own)
    },
    tell(...fact) {
      for (const listener of [...all]) {
        try {
          if (all.has(listener)) listener(...fact)
        } catch (error) {
          reportError(error)
        }
      }
    },
  }
}
