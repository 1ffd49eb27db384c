import type { LivegateError } from '@livegate/core'
import { concealKey } from './conceal-key.ts'
import { frameProblem } from './frame-problem.ts'
import {
  connectedSeamsOf,
  connectOf,
  hasSeams,
  type SdkSocket,
  type SocketFactory,
  seamsOf,
} from './sdk-seams.ts'

/** Marks the parts that a gated session connects with. Registered by name, so every copy of this package has the same symbol. */
const guarded: unique symbol = Symbol.for('livegate.guarded') as never

/** A method that a program may wrap, as it may the SDK's, and that is not printed. */
const replaceable = { writable: true, configurable: true } as const

export interface SocketListeners {
  /** A frame that the SDK cannot read was ignored. */
  readonly onMalformed: (problem: string) => void
  /** A socket is made for this address. The SDK has put the credential in it, or in the headers. */
  readonly onAddress: (url: string, headers: unknown) => void
  /** The socket is connecting. */
  readonly onSocket: (socket: SdkSocket) => void
  /** Called once if a seam of the SDK is missing. `connect` rejects with what this throws, and the caller closes the socket. */
  readonly onUnsupported: (error: LivegateError) => void
}

/** Marks the callbacks of a gated session. Marking `live` is not enough: a wrapper around `connect` may call another one. */
export function markGuarded<Part extends object>(part: Part): Part {
  return Object.assign(part, { [guarded]: true })
}

/** Whether a part is marked, or a view made by {@link guardedLive}: what connects with it is gated already. */
export function isGuarded(part: unknown): boolean {
  return guarded in Object(part)
}

/**
 * Makes a view of the SDK's `live` whose connections
 *
 * - ignore frames that the SDK cannot read, such as one that is not a JSON object: it reads frames in an async function that nobody
 *   awaits, so such a frame would end the process as an unhandled rejection (seen with 2.32 and 3.3);
 * - get no `Blob` in a browser: the SDK reads Blobs concurrently, so that frames overtake one another (the same versions);
 * - do not show the key when they are printed.
 *
 * The caller's `live` does not change. If the SDK lacks a seam, that is reported, and the connection behaves as in the bare SDK.
 */
export function guardedLive<Live extends object>(
  live: Live,
  { onMalformed, onAddress, onSocket, onUnsupported }: SocketListeners,
): Live {
  const factory = (live as { readonly webSocketFactory?: SocketFactory }).webSocketFactory
  const isThere = hasSeams([['live.webSocketFactory.create', 'function', factory?.create]], onUnsupported)
  // Not even a view: methods that use private fields would throw on it.
  if (!isThere || !factory) return live
  const create: SocketFactory['create'] = (url, headers, callbacks) => {
    let isEarly = false
    const onmessage: typeof callbacks.onmessage = (event) => {
      const problem = frameProblem(event.data, isEarly)
      if (problem === undefined) callbacks.onmessage(event)
      else onMalformed(problem)
    }
    onAddress(url, headers)
    const socket = factory.create(url, headers, { ...callbacks, onmessage })
    if (!hasSeams(seamsOf(socket), onUnsupported)) return socket
    const connect = socket.connect.bind(socket)
    const send = socket.send?.bind(socket)
    if (send) {
      isEarly = true
      const value = (message: string): void => {
        isEarly = false
        send(message)
      }
      Object.defineProperty(socket, 'send', { value, ...replaceable })
    }
    // Sets `binaryType` before the first frame can arrive.
    const value = (): void => {
      connect()
      const { ws } = socket
      if (ws?.binaryType === 'blob') ws.binaryType = 'arraybuffer'
      // Taken before `concealKey`, which defines `url` itself.
      const seams = connectedSeamsOf(socket)
      concealKey(socket)
      onSocket(socket)
      hasSeams(seams, onUnsupported)
    }
    return Object.defineProperty(socket, 'connect', { value, ...replaceable })
  }
  const view = markGuarded(Object.create(live))
  const webSocketFactory = Object.create(factory, { create: { value: create } })
  return Object.defineProperties(view, {
    webSocketFactory: { value: webSocketFactory },
    connect: { value: connectOf(live) },
  })
}
