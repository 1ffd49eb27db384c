import type { Frame } from '../src/wire.ts'

declare const TextEncoder: new () => { encode(text: string): Uint8Array<ArrayBuffer> }

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text)
}

declare const Buffer: { from(text: string): Uint8Array }

/** Bytes as Node's sockets deliver them: as a `Buffer`. */
export function bufferOf(text: string): Uint8Array {
  return Buffer.from(text)
}

/** Bytes of every value, in an order that does not repeat soon. */
export function noise(length: number): Uint8Array {
  let state = 1
  return Uint8Array.from({ length }, () => {
    state = (state * 48_271) % 2_147_483_647
    return state
  })
}

/** A frame with its media as plain arrays, because some platforms decode into classes of their own. */
export function frameOf(frame: Frame): unknown {
  if ('problem' in frame) return frame
  const parts: unknown = frame.message.serverContent?.modelTurn?.parts
  for (const part of Array.isArray(parts) ? parts : []) {
    const media = part?.inlineData
    if (media?.data instanceof Uint8Array) media.data = new Uint8Array(media.data)
  }
  return frame
}
