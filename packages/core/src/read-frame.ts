import { asBuffer, type BufferText, fromBase64, textOf } from './platform.ts'
import type { LiveServerMessage } from './server-message.ts'
import { typeName } from './type-name.ts'

/** What is wrong with a frame. Never quotes its content. */
export type FrameProblem =
  | 'it is neither text nor bytes'
  | 'it is not JSON'
  | 'it is not an object'
  | 'its inlineData is not base64'

/** The message in a frame of the server, or what is wrong with the frame. */
export type Frame = { readonly message: LiveServerMessage } | { readonly problem: FrameProblem }

/** A frame, or a piece of base64, that is shorter than this is faster to parse whole. */
const shortestCut = 512

/** Replaces the base64 that is cut out. In JSON it is an escape, and the rest of the frame must contain none. */
const marker = '\u0001'
const markerInJson = '\\u0001'

const dataKey = '"data"'

/** A longer rest around the audio is parsed as a part of its frame: few frames have one, and it may be too deep to copy. */
const longestRest = 2048

/**
 * What was around the audio in the last frame, and the message that it makes, with the marker in place of the audio. In the next frame it is
 * usually the same, and need not be parsed again.
 */
let last: { readonly rest: string; readonly isLatin1: boolean; readonly frame: Frame | undefined } = {
  rest: '',
  isLatin1: false,
  frame: undefined,
}

/**
 * Reads a frame of the server: JSON, as text or bytes. Media are decoded, and names in snake_case become camelCase, except in the
 * arguments of calls, whose names are the application's. Everything else stays as it came (G12).
 *
 * Never throws. A `Blob` has to be read by the caller first.
 */
export function readFrame(frame: string | ArrayBuffer | Uint8Array): Frame {
  const buffer = asBuffer(frame)
  // Latin-1 is much faster to decode than UTF-8.
  const cut = buffer && buffer.length > shortestCut && readCut(buffer.toString('latin1'), buffer)
  if (cut) return cut
  let text: string
  try {
    text = typeof frame === 'string' ? frame : textOf(frame)
  } catch {
    return { problem: 'it is neither text nor bytes' }
  }
  return (buffer ? undefined : readCut(text)) ?? read(text) ?? { problem: 'it is not JSON' }
}

/**
 * The fast path, for a message with one long piece of audio: its base64 is cut out and decoded, and only the short rest is parsed as
 * JSON. `undefined` for any other frame.
 *
 * @param buffer the bytes, if `text` is their Latin-1 form.
 */
function readCut(text: string, buffer?: BufferText): Frame | undefined {
  const key = text.indexOf(dataKey)
  const start = text.indexOf('"', key + dataKey.length) + 1
  const end = text.indexOf('"', start)
  if (key < 0 || end - start < shortestCut) return undefined
  const rest = text.slice(0, start) + markerInJson + text.slice(end)
  if (rest.length > longestRest) return undefined
  const isLatin1 = buffer !== undefined
  if (rest !== last.rest || isLatin1 !== last.isLatin1) {
    const json = buffer
      ? buffer.toString('utf8', 0, start) + markerInJson + buffer.toString('utf8', end)
      : rest
    // Without another escape, no string contains a quote and no other string is the marker: so it marks the place of the cut.
    const isMarked = rest.indexOf('\\') === rest.lastIndexOf('\\')
    last = { rest, isLatin1, frame: isMarked ? read(json, true) : undefined }
  }
  const cut = last.frame && fromBase64(text.slice(start, end))
  return cut && (filled(last.frame, cut) as Frame)
}

/** A copy, with the audio in the place of its marker. */
function filled(value: unknown, cut: Uint8Array): unknown {
  if (value === marker) return cut
  if (typeof value !== 'object' || value === null) return value
  // To spread lists, too, would make the other spread much slower.
  if (Array.isArray(value)) return value.map((each) => filled(each, cut))
  const copy = { ...value } as Record<string, unknown>
  for (const key in copy) copy[key] = filled(copy[key], cut)
  return copy
}

/**
 * Reads JSON; `undefined` if it is none.
 *
 * @param isCut whether a marker stands for the audio; the result is `undefined`, too, if the marker is in no media, or not the only media.
 */
function read(text: string, isCut = false): Frame | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The parser's message is left out: it quotes the frame, which may hold a transcript.
    return undefined
  }
  if (typeName(value) !== 'Object') return { problem: 'it is not an object' }
  const isSnake = text.includes('_') && snakeName.test(text)
  const message = (isSnake ? inCamelCase(value) : value) as LiveServerMessage
  const parts: unknown = message.serverContent?.modelTurn?.parts
  let isPlaced = !isCut
  for (const part of Array.isArray(parts) ? parts : []) {
    const media = part?.inlineData
    if (typeof media?.data !== 'string') continue
    if (!isCut) media.data = fromBase64(media.data)
    else if (media.data !== marker) return undefined
    isPlaced = true
    if (!media.data) return { problem: 'its inlineData is not base64' }
  }
  return isPlaced ? { message } : undefined
}

/**
 * Finds a name in snake_case. A value that looks like one only costs a little time. The bounds keep that linear; no known name is so long.
 */
const snakeName = /[a-z\d]_[a-z\d]\w{0,64}"\s{0,64}:/

/** Fields whose content is the application's own, with the names that it chose. */
const opaque: readonly string[] = ['args', 'response']

/** No message has known names deeper than this. Deeper values are left as they are, so that a hostile frame cannot exhaust the stack. */
const deepest = 24

/** Turns names at every depth into camelCase; proto3 JSON may use either spelling. */
function inCamelCase(value: unknown, depth: number = deepest): unknown {
  if (typeof value !== 'object' || value === null || !depth) return value
  if (Array.isArray(value)) return value.map((each) => inCamelCase(each, depth - 1))
  const fields = Object.entries(value).flatMap(([name, field]) => {
    const camel = name.replace(/(?<=[a-z\d])_([a-z\d])/g, (_, letter: string) => letter.toUpperCase())
    // If a name is present in both spellings, the camelCase one wins.
    if (camel !== name && Object.hasOwn(value, camel)) return []
    return [[camel, opaque.includes(name) ? field : inCamelCase(field, depth - 1)] as const]
  })
  return Object.fromEntries(fields)
}
