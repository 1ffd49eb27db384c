import { asBuffer, type BufferText, fromBase64, textOf } from './platform.ts'
import type { LiveServerMessage } from './server-message.ts'

/** What is wrong with a frame; never quotes its content. */
export type FrameProblem =
  | 'it is neither text nor bytes'
  | 'it is no JSON'
  | 'it is no object'
  | 'its inlineData is no base64'

/** The message in a frame of the server, or what is wrong with the frame. */
export type Frame = { readonly message: LiveServerMessage } | { readonly problem: FrameProblem }

/** A shorter frame is parsed whole sooner than it is cut. */
const shortestCut = 512

/** Takes the place of what is cut out, in JSON and as it is parsed. It has an escape, which the rest of the frame then must not. */
const marker = { json: '\\u0001', value: '\u0001' }

const dataKey = '"data"'

/** What was around the last audio in bytes, with the marker in its place, as characters that are bytes and as text: it repeats. */
let envelope = { latin1: '', utf8: '' }

/**
 * Reads a frame of the server: JSON, in text or in bytes. Media are decoded, names in snake_case are turned into camelCase
 * (not those in the arguments of calls, which are the model's own); all else is as it came (G12).
 *
 * It never throws. A `Blob` has to be read by whoever gets one.
 */
export function readFrame(frame: string | ArrayBuffer | Uint8Array): Frame {
  const buffer = asBuffer(frame)
  // Characters that are bytes are there much sooner than those of UTF-8.
  const cut = buffer && buffer.length > shortestCut && readCut(buffer.toString('latin1'), buffer)
  if (cut) return cut
  let text: string
  try {
    text = typeof frame === 'string' ? frame : textOf(frame)
  } catch {
    return { problem: 'it is neither text nor bytes' }
  }
  return (buffer ? undefined : readCut(text)) ?? readWhole(text)
}

/**
 * The way of nearly all bytes: a message with one long piece of audio. It is cut out and decoded from where it stands, and the
 * rest, which is short, is parsed. `undefined` for any other frame.
 *
 * @param buffer what the text is of, where its characters are bytes; the rest is then read from it.
 */
function readCut(text: string, buffer?: BufferText): Frame | undefined {
  const key = text.indexOf(dataKey)
  const start = text.indexOf('"', key + dataKey.length) + 1
  const end = text.indexOf('"', start)
  if (key < 0 || end - start < shortestCut) return undefined
  let json = text.slice(0, start) + marker.json + text.slice(end)
  if (buffer) {
    if (json !== envelope.latin1) {
      const utf8 = buffer.toString('utf8', 0, start) + marker.json + buffer.toString('utf8', end)
      envelope = { latin1: json, utf8 }
    }
    json = envelope.utf8
  }
  // Without an escape no quote is inside a string, and no other string is the marker: where it is found, there the run was.
  if (json.indexOf('\\') !== json.lastIndexOf('\\')) return undefined
  const cut = fromBase64(text.slice(start, end))
  return cut && read(json, cut)
}

function readWhole(text: string): Frame {
  return read(text) ?? { problem: 'it is no JSON' }
}

/** @param cut the bytes that the marker stands for; `undefined` comes back where no media are marked. */
function read(text: string, cut?: Uint8Array): Frame | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // Without the parser's words, which quote the frame: it can be somebody's transcript.
    return undefined
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: 'it is no object' }
  const isSnake = text.includes('_') && snakeName.test(text)
  const message = (isSnake ? inCamelCase(value) : value) as LiveServerMessage
  const parts: unknown = message.serverContent?.modelTurn?.parts
  let isPlaced = !cut
  for (const part of Array.isArray(parts) ? parts : []) {
    const media = part?.inlineData
    if (typeof media?.data !== 'string') continue
    const isCut = cut && media.data === marker.value
    if (isCut) isPlaced = true
    media.data = isCut ? cut : fromBase64(media.data)
    if (!media.data) return { problem: 'its inlineData is no base64' }
  }
  return isPlaced ? { message } : undefined
}

/** The end of a name in snake_case; values that look like one do no harm. */
const snakeName = /[a-z\d]_[a-z\d]\w*"\s*:/

/** What is inside them has names of its own. */
const opaque: readonly string[] = ['args', 'response']

/** No message has known names so deep; what is deeper is left as it is, lest a hostile frame exhaust the stack. */
const deepest = 24

/** With names of every depth in camelCase, as proto3 JSON may spell them either way. */
function inCamelCase(value: unknown, depth: number = deepest): unknown {
  if (typeof value !== 'object' || value === null || depth === 0) return value
  if (Array.isArray(value)) return value.map((each) => inCamelCase(each, depth - 1))
  const fields = Object.entries(value).map(([name, field]): [string, unknown, boolean] => {
    const camel = name.replace(/(?<=[a-z\d])_([a-z\d])/g, (_, letter: string) => letter.toUpperCase())
    return [camel, opaque.includes(name) ? field : inCamelCase(field, depth - 1), camel === name]
  })
  // Of a name that is there in both spellings the camelCase stays, whichever came first.
  return Object.fromEntries(fields.sort((a, b) => Number(a[2]) - Number(b[2])))
}
