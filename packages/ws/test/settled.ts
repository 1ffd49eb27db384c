/** Lets everything that waits for a settled promise go on, and sockets have their turn. */
export async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve))
}
