/** The platform's `AbortSignal` if its type is known (from DOM or Node types), else the part of it that core needs. */
export type CallSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : { readonly aborted: boolean; readonly reason: unknown }

interface CallAbortController {
  readonly signal: CallSignal
  abort(reason: unknown): void
}

// Every platform has these, but they are not part of the language.
declare const AbortController: new () => CallAbortController

export function newAbortController(): CallAbortController {
  return new AbortController()
}

/** Newer than the `lib` that this is compiled with. */
interface Base64Bytes extends Uint8Array {
  toBase64?(): string
}
interface Base64Constructor {
  fromBase64?(text: string): Uint8Array
}

/** The part of Node's `Buffer` that reads text out of bytes, faster than a decoder does. */
export interface BufferText {
  readonly length: number
  toString(encoding: 'latin1' | 'utf8', start?: number, end?: number): string
}

declare const Buffer:
  | {
      from(
        bytes: ArrayBufferLike,
        byteOffset: number,
        length: number,
      ): { toString(encoding: 'base64'): string }
      from(text: string, encoding: 'base64'): Uint8Array
      isBuffer(bytes: unknown): bytes is BufferText
    }
  | undefined
declare const btoa: (binary: string) => string
declare const atob: (text: string) => string
declare const TextDecoder: new () => { decode(bytes: ArrayBuffer | Uint8Array): string }

/** How many arguments `String.fromCharCode` takes without exhausting the stack. */
const charactersAtOnce = 8192

/** Encodes bytes as base64: standard alphabet, padded. */
export function toBase64(bytes: Uint8Array): string {
  const given: Base64Bytes = bytes
  if (given.toBase64) return given.toBase64()
  if (typeof Buffer !== 'undefined') {
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  }
  let binary = ''
  for (let at = 0; at < bytes.length; at += charactersAtOnce) {
    binary += String.fromCharCode(...bytes.subarray(at, at + charactersAtOnce))
  }
  return btoa(binary)
}

/**
 * Decodes base64 of either alphabet, padded or not; `undefined` if it is not base64. In Node the bytes may be a view of a larger
 * buffer.
 */
export function fromBase64(text: string): Uint8Array | undefined {
  const length = text.length - (text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0)
  try {
    const bytes = decodeBase64(text, length)
    // `Buffer` skips invalid characters, and so gives fewer bytes.
    return length % 4 !== 1 && bytes.length === Math.floor((length * 3) / 4) ? bytes : undefined
  } catch {
    return undefined
  }
}

function decodeBase64(text: string, length: number): Uint8Array {
  // First, because it is faster than the method that Node has of its own since version 26, and so that all versions give the same.
  if (typeof Buffer !== 'undefined') return Buffer.from(text, 'base64')
  const { fromBase64: native } = Uint8Array as Base64Constructor
  let standard = text.slice(0, length)
  if (text.includes('-') || text.includes('_')) standard = standard.replace(/-/g, '+').replace(/_/g, '/')
  return native
    ? native.call(Uint8Array, standard)
    : Uint8Array.from(atob(standard), (character) => character.charCodeAt(0))
}

export function asBuffer(bytes: unknown): BufferText | undefined {
  if (typeof Buffer === 'undefined') return undefined
  return Buffer.isBuffer(bytes) ? bytes : undefined
}

let decoder: InstanceType<typeof TextDecoder> | undefined

/** Decodes UTF-8; invalid bytes become U+FFFD. */
export function textOf(bytes: ArrayBuffer | Uint8Array): string {
  decoder ??= new TextDecoder()
  return decoder.decode(bytes)
}
