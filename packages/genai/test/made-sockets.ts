import type { GoogleGenAI } from '@google/genai'
import { settled } from './settled.ts'

type Factory = { create: (...given: readonly unknown[]) => object }

/**
 * Counts the sockets that a client makes from now on. The emulator would not do: it hears of a connection only later, and not at all if
 * its socket is closed at once.
 *
 * @returns the count, once every connection that has begun has made its socket.
 */
export function countSockets(ai: GoogleGenAI): () => Promise<number> {
  const { webSocketFactory } = ai.live as unknown as { readonly webSocketFactory: Factory }
  const create = webSocketFactory.create.bind(webSocketFactory)
  let count = 0
  webSocketFactory.create = (...given) => {
    count++
    return create(...given)
  }
  return async () => {
    await settled()
    return count
  }
}
