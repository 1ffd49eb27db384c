/** Those who want to be told of something. */
export interface Listeners<Fact extends readonly unknown[]> {
  /** Tells from now on, until the function that is returned is called. */
  add(listener: (...fact: Fact) => void): () => void
  /** What a listener throws is reported to the page as an error of its own, and stops no other. Who is added meanwhile is told the next. */
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
