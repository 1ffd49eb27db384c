/** Wraps a listener so that neither an error it throws nor a promise it rejects reaches whoever calls it (G3). */
export const quietly =
  <Event>(listener: ((event: Event) => unknown) | undefined): ((event: Event) => void) =>
  async (event) => {
    try {
      await listener?.(event)
    } catch {
      // The listener's own concern.
    }
  }
