import type { LivegateError } from '@livegate/core'
import { concealKey } from './conceal-key.ts'
import { frameProblem } from './frame-problem.ts'
import { connectedSeamsOf, hasSeams, type SdkSocket, type SocketFactory, seamsOf } from './sdk-seams.ts'

/** Marks what a gated session connects with. By its name it is the same in every copy of this package. */
const guarded: unique symbol = Symbol.for('livegate.guarded') as never

export interface SocketListeners {
  /** A frame was no JSON object and was passed over. */
  readonly onMalformed: (problem: string) => void
  /** The socket is connecting. */
  readonly onSocket: (socket: SdkSocket) => void
  /** A seam of the SDK is not where it was; told once. `connect` rejects with what this throws, and the socket is left to be closed. */
  readonly onUnsupported: (error: LivegateError) => void
}

/** Marks the callbacks that a gated session connects with: whoever stands between may take another `live`. */
export function markGuarded<Part extends object>(part: Part): Part {
  return Object.assign(part, { [guarded]: true })
}

/** Whether it is a view that {@link guardedLive} made, or marked: what connects with it is gated already. */
export function isGuarded(part: unknown): boolean {
  return guarded in Object(part)
}

/**
 * A view of the SDK's `live` whose connections
 *
 * - pass over frames that are no JSON object: the SDK parses frames in an async function that nobody awaits, so such a frame would end
 *   the process as an unhandled rejection (seen with 2.32 and 3.1);
 * - get no `Blob`, in a browser: the SDK reads each in its own time, so that frames overtake one another (the same versions);
 * - do not show the key to who prints them.
 *
 * The `live` of the caller is left as it is. Where an SDK has moved a seam, that is told, and its own behaviour is all there is.
 */
export function guardedLive<Live extends object>(
  live: Live,
  { onMalformed, onSocket, onUnsupported }: SocketListeners,
): Live {
  const factory = (live as { readonly webSocketFactory?: SocketFactory }).webSocketFactory
  const isThere = hasSeams([['live.webSocketFactory.create', 'function', factory?.create]], onUnsupported)
  // And no view of it: what is private to a class is in its own instances alone.
  if (!isThere || !factory) return live
  const create: SocketFactory['create'] = (url, headers, callbacks) => {
    const onmessage: typeof callbacks.onmessage = (event) => {
      const problem = frameProblem(event.data)
      if (problem === undefined) callbacks.onmessage(event)
      else onMalformed(problem)
    }
    const socket = factory.create(url, headers, { ...callbacks, onmessage })
    if (!hasSeams(seamsOf(socket), onUnsupported)) return socket
    const connect = socket.connect.bind(socket)
    // Its first frame comes later: until then the platform's socket can be told how to give frames.
    const value = (): void => {
      connect()
      const { ws } = socket
      if (ws?.binaryType === 'blob') ws.binaryType = 'arraybuffer'
      // As the SDK has them: what conceals the key puts a URL there.
      const seams = connectedSeamsOf(socket)
      concealKey(socket)
      onSocket(socket)
      hasSeams(seams, onUnsupported)
    }
    return Object.defineProperty(socket, 'connect', { value })
  }
  const view = markGuarded(Object.create(live))
  const webSocketFactory = Object.create(factory, { create: { value: create } })
  return Object.defineProperty(view, 'webSocketFactory', { value: webSocketFactory })
}
