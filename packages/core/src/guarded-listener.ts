// Every platform has it, but it is not part of the language.
declare const console: { error(error: unknown): void }

/**
 * Wraps a listener so that neither an error it throws nor a promise it rejects reaches whoever calls it (G3). The error is printed,
 * because a listener that fails must not go unnoticed.
 */
export function guardedListener<Event>(
  listener: ((event: Event) => unknown) | undefined,
): (event: Event) => void {
  // In an async function a throw becomes a rejection. It is printed later, because the stack may be exhausted now.
  return (event) => (async () => listener?.(event))().catch(console.error)
}
