import fc from 'fast-check'
import { expect, inject, it } from 'vitest'
import { readFrame } from '../src/wire.ts'
import { bufferOf, bytesOf, frameOf } from './frames.ts'

const effort = inject('effort')

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Decodes literally as in RFC 4648, without regard to speed. */
function decode(base64: string): Uint8Array {
  const digits = [...base64.replace(/=/g, '')].map((digit) => alphabet.indexOf(digit))
  const bits = digits.map((digit) => digit.toString(2).padStart(6, '0')).join('')
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
}

/** Parses the whole frame, and decodes its media one by one. */
function expected(text: string): object {
  const message = JSON.parse(text)
  for (const { inlineData } of message.serverContent?.modelTurn?.parts ?? []) {
    if (inlineData) inlineData.data = decode(inlineData.data)
  }
  return { message }
}

const base64 = fc
  .tuple(
    fc.integer({ min: 0, max: 300 }),
    fc.array(fc.constantFrom(...alphabet), { minLength: 4, maxLength: 8 }),
  )
  .map(([times, digits]) => digits.join('').repeat(times))
  .map((text) => text.slice(0, text.length - (text.length % 4 === 1 ? 1 : 0)))

const words = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('"data":"', '\\', '\u0001', 'ä"data" : "'),
)
const fields = (known: Record<string, fc.Arbitrary<unknown>>) => fc.record(known, { requiredKeys: [] })

const part = fc.oneof(
  fields({ text: words, thought: fc.boolean() }),
  fc
    .tuple(fields({ mimeType: words, displayName: words }), base64, fc.boolean())
    .map(([rest, data, first]) => ({ inlineData: first ? { data, ...rest } : { ...rest, data } })),
)

const message = fields({
  toolCall: fc.record({
    functionCalls: fc.array(fields({ id: words, name: words, args: fields({ data: base64 }) })),
  }),
  serverContent: fields({
    outputTranscription: fields({ text: words }),
    modelTurn: fields({ parts: fc.array(part, { maxLength: 3 }), role: words }),
    turnComplete: fc.boolean(),
  }),
  data: base64,
  unknown: fc.jsonValue(),
})

it('G12: reads a frame on the fast path as it does without, whatever is in it', () => {
  fc.assert(
    fc.property(message, fc.constantFrom(undefined, 2, '\t'), (value, indent) => {
      const text = JSON.stringify(value, null, indent).replaceAll('_', '-')
      expect(frameOf(readFrame(text))).toEqual(expected(text))
      expect(frameOf(readFrame(bytesOf(text)))).toEqual(expected(text))
      expect(frameOf(readFrame(bufferOf(text)))).toEqual(expected(text))
    }),
    { numRuns: 1000 * effort },
  )
})

it('G12.1: never throws, whatever comes', () => {
  fc.assert(
    fc.property(message, fc.nat(), fc.string(), (value, at, junk) => {
      const text = JSON.stringify(value)
      const cut = at % (text.length + 1)
      const broken = text.slice(0, cut) + junk + text.slice(cut + junk.length)
      const frame = frameOf(readFrame(broken))
      expect(Object.keys(Object(frame))).toEqual([expect.stringMatching(/^(?:message|problem)$/)])
      expect(frameOf(readFrame(bufferOf(broken)))).toEqual(frameOf(readFrame(bytesOf(broken))))
    }),
    { numRuns: 1000 * effort },
  )
})
