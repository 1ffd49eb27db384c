import type { LiveConnectParameters } from '@google/genai'
import { LivegateError } from '@livegate/core'

/** The versions of the SDK that have these seams and that the tests run with. */
const testedVersions = '2.32 and 3.3'

/** The members that are used of the platform's socket: the browser's, or that of `ws`. */
interface PlatformSocket {
  binaryType?: string
  readonly readyState?: number
  readonly bufferedAmount?: number
  /** Present in `ws`. */
  terminate?(): void
}

/** The SDK's socket. Its `url` contains the key. */
export interface SdkSocket {
  url?: string
  headers?: unknown
  connect(): void
  close(): void
  send?(message: string): void
  /** Present once `connect` was called. */
  readonly ws?: PlatformSocket
}

/** The socket callback of the SDK that is wrapped. */
interface SocketCallbacks {
  readonly onmessage: (event: { readonly data: unknown }) => void
}

/** Makes the SDK's sockets. Internal to the SDK; present in all of 2.x and 3.x. */
export interface SocketFactory {
  create(url: string, headers: unknown, callbacks: SocketCallbacks): SdkSocket
}

/** An internal part of the SDK that is used: its path, its expected `typeof`, and the value found there. */
type Seam = readonly [field: string, kind: 'function' | 'number' | 'string', found: unknown]

export type Connect = (this: SdkLive, params: LiveConnectParameters) => Promise<object>

/** The `live` of a client, an instance of `Live`, with its internals. */
export interface SdkLive {
  connect(params: LiveConnectParameters): Promise<object>
  readonly webSocketFactory?: SocketFactory
  readonly apiClient?: { isVertexAI(): boolean; getApiKey?(): string | undefined; getHeaders?(): object }
}

/** A `GoogleGenAI` client, or the class `Live` that the SDK exports, of any copy of the SDK. */
export type GateTarget =
  | { readonly live: { connect(params: never): Promise<object> } }
  | { readonly prototype: { connect(params: never): Promise<object> } }

/**
 * Finds the object whose `connect` is to be replaced for a target.
 *
 * @throws {LivegateError} `invalid-options`, if it is not a target; `unsupported-sdk`, if a seam is missing.
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
    throw new LivegateError('invalid-options', 'target', expected, typeof target)
  }
  checkSeams(live, 'target.live')
  return live
}

/**
 * Checks the seams of an instance of `Live`. If only the class is gated, they can be checked only once an instance connects.
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

/** The `connect` that was put in place of its class's. */
export function ownConnectOf(live: object): Connect | undefined {
  return Object.getOwnPropertyDescriptor(live, 'connect')?.value
}

/**
 * The `connect` of `live` itself, even if a proxy hands it out bound to what is behind it: called on a view, it would not see the view.
 * Sentry 10 puts every client in Node behind such a proxy.
 */
export function connectOf(live: object): Connect {
  const { connect } = live as SdkLive
  const isBound = connect?.name.startsWith('bound ')
  return (isBound && (ownConnectOf(live) ?? Object.getPrototypeOf(live).connect)) || connect
}

/** The seams of a socket that does not connect yet. */
export function seamsOf(socket: SdkSocket): readonly Seam[] {
  const { connect, close } = Object(socket) as Partial<SdkSocket>
  return [
    ['socket.connect', 'function', connect],
    ['socket.close', 'function', close],
  ]
}

/** The seams of a socket that connects: those that show whether it can send, and where the key is. */
export function connectedSeamsOf({ url, ws }: SdkSocket): readonly Seam[] {
  return [
    ['socket.url', 'string', url],
    ['socket.ws.readyState', 'number', ws?.readyState],
    ['socket.ws.bufferedAmount', 'number', ws?.bufferedAmount],
  ]
}

/**
 * Whether the SDK has all of these seams.
 *
 * @param onMissing is called for the first missing seam with `unsupported-sdk`, which names it and the versions that have it.
 */
export function hasSeams(seams: readonly Seam[], onMissing: (error: LivegateError) => void): boolean {
  const missing = seams.find(([, kind, found]) => typeof found !== kind)
  if (!missing) return true
  const [field, kind, found] = missing
  // Not the value: it can contain the key.
  onMissing(unsupported(field, `a ${kind}`, typeof found))
  return false
}

/** The error for an SDK that is not built like the tested versions. */
export function unsupported(field: string, expected: string, found: string): LivegateError {
  const asTested = `${expected}, as in the versions of @google/genai that are tested, ${testedVersions}`
  return new LivegateError('unsupported-sdk', field, asTested, found)
}

/** The `onMissing` of those that cannot go on. */
export function refuse(error: LivegateError): never {
  throw error
}
