import type { LiveConnectParameters } from '@google/genai'
import { LivegateError } from '@livegate/core'

/** The versions of the SDK that the seams were seen in, and that the tests drive. */
const testedVersions = '2.32 and 3.3'

/** The platform's own socket, as far as it is looked at: the browser's, or that of `ws`. */
interface PlatformSocket {
  binaryType?: string
  readonly readyState?: number
  readonly bufferedAmount?: number
  /** Present in `ws`. */
  terminate?(): void
}

/** What the SDK makes of a connection. `url` has the key in it. */
export interface SdkSocket {
  url?: string
  headers?: unknown
  connect(): void
  close(): void
  /** There once `connect` was called. */
  readonly ws?: PlatformSocket
}

/** The part of the SDK's socket callbacks that a guard stands before. */
interface SocketCallbacks {
  readonly onmessage: (event: { readonly data: unknown }) => void
}

/** What makes the sockets. Internal to the SDK; present in all of 2.x and 3.x. */
export interface SocketFactory {
  create(url: string, headers: unknown, callbacks: SocketCallbacks): SdkSocket
}

/** A part of the SDK that is reached into: where it is, what it is by `typeof`, and what was found there. */
type Seam = readonly [field: string, kind: 'function' | 'number' | 'string', found: unknown]

/** `live` of a client, an instance of `Live`, with what is internal to it. */
export interface SdkLive {
  connect(params: LiveConnectParameters): Promise<object>
  readonly webSocketFactory?: SocketFactory
  readonly apiClient?: { isVertexAI(): boolean }
}

/** A `GoogleGenAI` client, or the class `Live` that the SDK exports; of whichever copy of the SDK. */
export type GateTarget =
  | { readonly live: { connect(params: never): Promise<object> } }
  | { readonly prototype: { connect(params: never): Promise<object> } }

/**
 * The object whose `connect` is to be replaced for a target.
 *
 * @throws {LivegateError} `invalid-options`, for what is no target; `unsupported-sdk`, when a seam is not where it was.
 */
export function connectorOf(target: GateTarget): SdkLive {
  if (typeof target === 'function') {
    const { prototype } = target as { readonly prototype?: SdkLive }
    hasSeams([['target.prototype.connect', 'function', prototype?.connect]], refuse)
    return prototype as SdkLive
  }
  const { live } = Object(target) as { readonly live?: SdkLive }
  if (typeof live !== 'object' || live === null) {
    const expected = 'a GoogleGenAI client, or the class Live of the SDK'
    throw new LivegateError('invalid-options', 'target', expected, target)
  }
  checkSeams(live, 'target.live')
  return live
}

/**
 * The seams of a client's `live`: those of an instance of the class are seen only when it connects.
 *
 * @throws {LivegateError} `unsupported-sdk`, naming the seam and the versions that have it.
 */
export function checkSeams(live: SdkLive, path: string): asserts live is Required<SdkLive> {
  const seams: readonly Seam[] = [
    [`${path}.connect`, 'function', live.connect],
    [`${path}.webSocketFactory.create`, 'function', live.webSocketFactory?.create],
    [`${path}.apiClient.isVertexAI`, 'function', live.apiClient?.isVertexAI],
  ]
  hasSeams(seams, refuse)
}

/** The seams of a socket that has yet to connect. */
export function seamsOf(socket: SdkSocket): readonly Seam[] {
  const { connect, close } = Object(socket) as Partial<SdkSocket>
  return [
    ['socket.connect', 'function', connect],
    ['socket.close', 'function', close],
  ]
}

/** The seams of a socket that connects: what tells whether it takes what is sent, and where the key is. */
export function connectedSeamsOf({ url, ws }: SdkSocket): readonly Seam[] {
  return [
    ['socket.url', 'string', url],
    ['socket.ws.readyState', 'number', ws?.readyState],
    ['socket.ws.bufferedAmount', 'number', ws?.bufferedAmount],
  ]
}

/**
 * Whether the SDK has all of these.
 *
 * @param onMissing is told of the first that it has not: `unsupported-sdk`, naming the seam and the versions that have it.
 */
export function hasSeams(seams: readonly Seam[], onMissing: (error: LivegateError) => void): boolean {
  const missing = seams.find(([, kind, found]) => typeof found !== kind)
  if (!missing) return true
  const [field, kind, found] = missing
  const expected = `a ${kind}, as in the versions of @google/genai that are tested, ${testedVersions}`
  // Not what was found: the key can be in it.
  onMissing(new LivegateError('unsupported-sdk', field, expected, typeof found))
  return false
}

/** For who cannot do without. */
export function refuse(error: LivegateError): never {
  throw error
}
