/** Runs the caller's code at once; a throw or a rejected promise stops nothing (G3), but is printed unless somebody hears of it. */
// biome-ignore lint/suspicious/noConsole: the last resort: a failed callback must not go unnoticed
export function attempt(run: () => unknown, onFailure: (error: unknown) => void = console.error): void {
  try {
    // A promise of any realm or library: its unhandled rejection would end a Node process.
    const result = run() as Partial<PromiseLike<unknown>> | undefined
    result?.then?.(undefined, onFailure)
  } catch (error) {
    onFailure(error)
  }
}
