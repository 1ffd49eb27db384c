import { withoutSecrets } from '@livegate/core/wire'
import type { SdkSocket } from './sdk-seams.ts'

/** The method by which an object decides how Node's `console.log` and `util.inspect` print it (util.inspect.custom). */
const inspectCustom = Symbol.for('nodejs.util.inspect.custom')

/**
 * Hides the key when a connection is printed. The key is in the URL and the headers of the SDK's socket, in the platform's socket
 * below it, and so in every event whose target is that socket. The connection itself does not change.
 */
export function concealKey(socket: SdkSocket): void {
  const { url = '', headers, ws } = socket
  // In an untested version of the SDK the URL may be anything.
  const concealed = withoutSecrets(String(url))
  Object.defineProperties(socket, {
    url: { value: concealed },
    // A getter, because `showHidden` prints hidden values but does not call getters.
    headers: { get: () => headers, enumerable: false },
  })
  if (!ws) return
  const shown = () => ({ url: concealed, readyState: ws.readyState })
  Object.defineProperties(ws, {
    // For a browser's console, which calls neither of the methods below.
    url: { value: concealed },
    toJSON: { value: shown },
    [inspectCustom]: { value: shown },
  })
}
