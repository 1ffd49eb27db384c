/** Lets pending promise callbacks run, and sockets make progress. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
