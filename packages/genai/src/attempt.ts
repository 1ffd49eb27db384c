/** Runs what is the caller's own: neither what it throws nor a promise that it rejects ends anything (G3). */
export function attempt(run: () => unknown, onFailure: (error: unknown) => void = () => {}): void {
  try {
    const result = run()
    // An async function fails later, and as silently deadly.
    if (result instanceof Promise) result.catch(onFailure)
  } catch (error) {
    onFailure(error)
  }
}

/** What was thrown, in words; anything can be thrown, also what makes no text. */
export function messageOf(error: unknown): string {
  try {
    return String(error instanceof Error ? error.message : error)
  } catch {
    return 'it failed'
  }
}
