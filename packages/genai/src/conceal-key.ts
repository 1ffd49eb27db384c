import type { SdkSocket } from './sdk-seams.ts'

/** What Node's `console.log` and `util.inspect` ask an object for; Node looks it up by this name (util.inspect.custom). */
const inspectCustom = Symbol.for('nodejs.util.inspect.custom')

/**
 * Keeps the key out of what is printed of a connection: it is in the URL and the headers that the SDK's socket keeps, in the
 * platform's socket below, and so in every event that has that as its target. Nothing of the connection changes.
 */
export function concealKey(socket: SdkSocket): void {
  const { url = '', headers, ws } = socket
  // An SDK that has moved something may have anything there.
  const concealed = String(url).replace(/([?&](?:key|access_token)=)[^&]*/g, '$1…')
  Object.defineProperties(socket, {
    url: { value: concealed },
    // By a getter: who prints what is hidden as well is shown that there are some, and not which.
    headers: { get: () => headers, enumerable: false },
  })
  if (!ws) return
  const shown = () => ({ url: concealed, readyState: ws.readyState })
  Object.defineProperties(ws, {
    // A browser's console asks neither of the others.
    url: { value: concealed },
    toJSON: { value: shown },
    [inspectCustom]: { value: shown },
  })
}
