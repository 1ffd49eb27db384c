/**
 * A listener that stops nothing by what it throws, or by a promise that it rejects: what listens must not stop what it listens to
 * (G3).
 */
export const quietly =
  <Event>(listener: ((event: Event) => unknown) | undefined): ((event: Event) => void) =>
  async (event) => {
    try {
      await listener?.(event)
    } catch {
      // Its own affair.
    }
  }
