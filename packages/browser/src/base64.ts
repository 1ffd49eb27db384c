export function toBase64({ buffer }: Int16Array<ArrayBuffer>): string {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)))
}

/** @throws {DOMException} `InvalidCharacterError`, for what is no base64. */
export function fromBase64(data: string): Uint8Array<ArrayBuffer> {
  const text = atob(data)
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < bytes.length; index++) bytes[index] = text.charCodeAt(index)
  return bytes
}
