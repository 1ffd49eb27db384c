/** A listener that stops nothing by what it throws: what listens must not stop what it listens to (G3). */
export const quietly =
  <Event>(listener: ((event: Event) => void) | undefined): ((event: Event) => void) =>
  (event) => {
    try {
      listener?.(event)
    } catch {
      // Its own affair.
    }
  }
