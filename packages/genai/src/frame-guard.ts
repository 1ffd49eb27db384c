/** The part of the SDK's socket callbacks that the guard stands before. */
interface SocketCallbacks {
  readonly onmessage: (event: { readonly data: unknown }) => void
}

/** The SDK's internal seam: what makes the socket of a connection. Present in all of 2.x and 3.x. */
interface SocketFactory {
  create(url: string, headers: unknown, callbacks: SocketCallbacks): unknown
}

/**
 * What is wrong with a frame, in words; `undefined` when it is a JSON object. A `Blob`, which only the SDK's web build gets,
 * cannot be read here and is taken as it is.
 */
function frameProblem(data: unknown): string | undefined {
  const isBytes = data instanceof ArrayBuffer || data instanceof Uint8Array
  if (typeof data !== 'string' && !isBytes) return undefined
  try {
    const message: unknown = JSON.parse(isBytes ? new TextDecoder().decode(data) : data)
    return typeof message === 'object' && message !== null ? undefined : 'it is no object'
  } catch {
    // Without the parser's words, which quote the frame: it can be somebody's transcript.
    return 'it is no JSON'
  }
}

/**
 * A view of the SDK's `live` whose connections pass over frames that are no JSON object. The SDK parses frames in an async
 * function that nobody awaits, so such a frame would end the process as an unhandled rejection (seen with 2.32 and 3.1).
 *
 * The caller's `live` is left as it is. Where an SDK has moved the seam, its own behaviour is all there is; a test of ours
 * fails then.
 */
export function guardFrames<Live extends object>(live: Live, onMalformed: (problem: string) => void): Live {
  const factory = (live as { readonly webSocketFactory?: SocketFactory }).webSocketFactory
  if (typeof factory?.create !== 'function') return live
  const webSocketFactory: SocketFactory = {
    create: (url, headers, callbacks) =>
      factory.create(url, headers, {
        ...callbacks,
        onmessage: (event) => {
          const problem = frameProblem(event.data)
          if (problem === undefined) callbacks.onmessage(event)
          else onMalformed(problem)
        },
      }),
  }
  return Object.create(live, { webSocketFactory: { value: webSocketFactory } })
}
