import type { LiveConnectParameters } from '@google/genai'
import { LivegateError } from '@livegate/core'

/** The versions of the SDK that the seams were seen in, and that the tests drive. */
const testedVersions = '2.32 and 3.1'

/** The platform's own socket, as far as it is looked at: the browser's, or that of `ws`. */
interface PlatformSocket {
  binaryType?: string
  readonly readyState?: number
  readonly bufferedAmount?: number
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
    mustBeFunction('target.prototype.connect', prototype?.connect)
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
  mustBeFunction(`${path}.connect`, live.connect)
  mustBeFunction(`${path}.webSocketFactory.create`, live.webSocketFactory?.create)
  mustBeFunction(`${path}.apiClient.isVertexAI`, live.apiClient?.isVertexAI)
}

function mustBeFunction(field: string, value: unknown): void {
  if (typeof value === 'function') return
  const expected = `a function, as in the versions of @google/genai that are tested, ${testedVersions}`
  throw new LivegateError('unsupported-sdk', field, expected, value)
}
