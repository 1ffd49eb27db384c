/** Far above what a busy machine takes, and below the limit of a test, so that a failure says what was waited for. */
const limitMs = 10_000

/** Waits until pending promise callbacks have run and sockets were read. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}

/** Waits until the condition holds, and lets sockets make progress meanwhile. */
export async function until(condition: () => boolean): Promise<void> {
  const endMs = performance.now() + limitMs
  while (!condition()) {
    if (performance.now() > endMs) throw new Error(`not within ${limitMs} ms: ${condition}`)
    await settled()
  }
}
