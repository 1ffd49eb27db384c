import { mustBe } from '@livegate/core/session'

/** A set of listeners for one kind of event. */
export interface Listeners<Payload extends readonly unknown[]> {
  /**
   * Calls the listener with each event, until the returned function is called.
   *
   * @throws {LivegateError} `invalid-options`, if it is no function.
   */
  add(listener: (...payload: Payload) => void): () => void
  /**
   * Calls all listeners; for an event that one of them causes, once all have heard of the first. What one throws is the page's uncaught
   * error, and stops no other. One added meanwhile is first called the next time.
   */
  emit(...payload: Payload): void
}

/** Throws where nobody catches it, so that it is the page's uncaught error: not every platform has `reportError`. */
export function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}

export function newListeners<Payload extends readonly unknown[]>(): Listeners<Payload> {
  const all = new Set<(...payload: Payload) => void>()
  const waiting: Payload[] = []
  return {
    add(listener) {
      mustBe(typeof listener === 'function', 'listener', 'a function', listener)
      const own = (...payload: Payload): void => listener(...payload)
      all.add(own)
      return () => void all.delete(own)
    },
    emit(...payload) {
      // One that is being delivered is still there.
      if (waiting.push(payload) > 1) return
      // Also over those that come meanwhile.
      for (const next of waiting) {
        for (const listener of [...all]) {
          try {
            if (all.has(listener)) listener(...next)
          } catch (error) {
            reportUncaught(error)
          }
        }
      }
      waiting.length = 0
    },
  }
}
